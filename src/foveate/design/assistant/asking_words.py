"""Words of requests, in five languages: what each lets be changed, and what it points at.

Those that the tables of plain words have (`design/words/tables`) count by their signs; here are
others besides, and ways to end them. Beginnings of words, where they are of letters that have
spaces between words; a word with `$` at its end is whole.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Role
from foveate.design.scene.words import Matter

if TYPE_CHECKING:
    from collections.abc import Mapping


class Deed(StrEnum):
    """What else may be done to a design than to change what its attributes say."""

    ADD = "add"
    REMOVE = "remove"
    LOCK = "lock"
    OPTIONS = "options"
    """What Foveate makes of a picture, which stays the same one."""
    STRIKE = "strike"
    """A line through words, by which they say the opposite."""


TRANSLATE: Final = "translat übersetz tradu tradui 翻訳 訳し 訳して"
DEEDS: Final = {
    Deed.ADD: "add$ adding$ insert creat new$ another$ duplicat füg hinzu einfüg neue$ "
    "neuen$ neues$ ajout insér nouve añad agreg inserta nuev 加え 入れ 新しい",
    Deed.REMOVE: "remov delet erase rid$ entfern lösch supprim enlev "
    "retir quita elimin borra 消して 取り除",
    Deed.LOCK: "lock unlock sperr entsperr verrouill déverrouill bloque desbloque ロック",
    Deed.OPTIONS: "photo picture image crop blur sharp grey gray saturat brightness cutout "
    "cut-out focus filter bild foto zuschneid weichzeichn unschärf schwarzweiß recadr flou "
    "luminosité imagen recort desenfoc brillo 写真 画像",
    Deed.STRIKE: "strike struck cross line-through decoration durchstreich durchgestrichen barr "
    "ratur tach 取り消し線 打ち消し",
}
MATTERS: Final = {
    Matter.TEXT: "text$ texts$ word say says wording write rewrite rephras shorten typo spell "
    "lowercase uppercase capitals chang replac set$ update schreib formulier kürz wort "
    "worte änder ersetz setz écri reformul raccour mot$ mots$ remplac mets$ escrib reformul acort "
    "palabra cambi reemplaz pon$ 書 文章 文字 にして",
    Matter.LETTERS: "font typeface bold italic weight underlin strike letter text$ align justif "
    "center centre spacing big bigger large larger small smaller size serif schrift fett kursiv "
    "unterstrich größer kleiner groß klein ausricht zentrier polic gras italique soulign grand "
    "petit taille align centr fuente negrita cursiva subray grande pequeñ tamaño "
    "大き 小さ 揃え",
    Matter.PLACE: "big bigger large larger small smaller enlarg shrink size resiz wide wider tall "
    "taller narrow move moving put place shift left right top bottom above below beside "
    "center centre middle align rotat turn tilt swap order front behind spac margin gap layout "
    "groß klein größer kleiner vergrößer verkleiner breit höher schmal verschieb beweg links "
    "rechts oben unten mitte zentrier dreh tausch abstand grand petit agrand rédui taille larg "
    "haut gauche droite déplac centr milieu tourn espac grande pequeñ agrand reduc tamaño "
    "anch alt mueve mover izquierda derecha arriba abajo centr gira espacio 大き 小さ "
    "動か",
    Matter.COLOUR: "colo blue green yellow orange purple pink black white grey gray gold "
    "silver brown navy teal dark light bright warm cool contrast gradient background fill palette "
    "shadow border outline stroke brand farb blau grün gelb lila rosa schwarz weiß grau "
    "hell dunkel warm kontrast verlauf hintergrund schatten rahmen couleur rouge bleu vert jaune "
    "noir blanc gris sombre clair contraste dégradé fond ombre bordure roj azul verd amarill negr "
    "oscur clar contraste degradado fondo sombra borde 黄 灰 暗 明る 背景 影",
    Matter.LOOK: "opac transparen translucen fade round radius corner blend shadow rund ecken "
    "durchsicht transparent arrond coin opacité redond esquina opacidad 丸",
    Matter.STATE: "hide hidden show visib unhid versteck verberg zeig einblend ausblend cach "
    "masqu montr affich ocult esconde muestra 隠 表示",
    Matter.NAME: "rename role umbenenn renomm renombr 改名 名前",
}
BY_SIGNS: Final[Mapping[Matter | Deed, str]] = {
    Matter.PLACE: "cue.big cue.shrink cue.scale cue.wide cue.narrow cue.tall cue.thick cue.thin "
    "cue.move cue.front cue.back cue.swap cue.align cue.center cue.rotate cue.straight cue.over",
    Matter.LETTERS: "cue.big cue.shrink cue.scale cue.fontsize cue.align cue.center cue.bold "
    "cue.unbold cue.italic cue.underline cue.strike cue.font cue.spacing cue.leading",
    Matter.TEXT: "cue.say cue.replace cue.upper cue.lower cue.alt",
    Matter.COLOUR: "cue.color cue.same cue.dark cue.light cue.bright cue.contrast cue.gradient "
    "cue.shadow cue.border cue.thick cue.thin",
    Matter.LOOK: "cue.corner cue.round cue.square cue.fade cue.seethrough cue.opaque",
    Matter.STATE: "cue.hide cue.show",
    Deed.ADD: "cue.add cue.copy",
    Deed.REMOVE: "cue.delete",
    Deed.LOCK: "cue.lock cue.unlock",
    Deed.STRIKE: "cue.strike",
    Deed.OPTIONS: "cue.mirror cue.vivid cue.grey cue.blur cue.sharp cue.zoom cue.cutout",
}
"""Signs of the tables of plain words by what they let be changed; besides, a colour that is named,
an amount of money, which is said in words, and points, in which letters are measured.
"""
BY_KINDS: Final = {Matter.PLACE: "place rel axis", Matter.COLOUR: "shade"}
"""Kinds of signs that let it be changed as well, and leave what is vague as vague as it is."""
VAGUE: Final = frozenset({Matter.PLACE, Matter.LETTERS, Matter.COLOUR, Matter.LOOK})
"""What may change where no word says what: how it looks, and nothing that it says."""
ALL: Final = (
    "all$ every everything$ everywhere$ whole entire design poster page$ layout alle$ alles$ "
    "überall ganz jede gesamt seite tout$ toute$ tous$ toutes$ partout entier chaque todo$ toda$ "
    "todos$ todas$ cada página すべて 全て 全部 全体 デザイン"
)
THINGS: Final = {"photo": "image", "box": "rect", "circle": "ellipse", "drawing": "path"}
"""What the tables call a thing, by which element it is; others are called as theirs."""
ROLES: Final[Mapping[str, str]] = {
    Role.LOGO: "logo",
    Role.TITLE: "title headline heading titel überschrift titre título titulo",
    Role.SUBTITLE: "subtitle subline untertitel sous-titre subtítulo",
    Role.BODY: "body paragraph description fließtext absatz beschreibung paragraphe párrafo",
    Role.PRICE: "price preis prix precio",
    Role.BUTTON: "button cta knopf schaltfläche bouton botón boton",
    Role.BACKGROUND: "background backdrop hintergrund fond fondo",
    Role.PHOTO: "photo picture image bild foto imagen",
    Role.DECORATION: "decoration ornament dekoration décoration decoración 飾り",
    Role.LEGAL: "legal disclaimer imprint fine$ impressum mentions aviso",
}
ELEMENTS: Final = {
    "text": "text texts texte textes texto textos",
    "image": "photo picture image bild foto imagen",
    "rect": "rectangle box rechteck kasten rectángulo",
    "ellipse": "ellipse circle kreis cercle círculo",
    "line": "line linie ligne línea",
    "path": "shape path form forme forma 図形",
    "group": "group gruppe groupe grupo",
}
