// Of what designs are made, as `/v1/elements` has it: one table for fields, defaults and fonts.

import { read } from '../core/server.js';

export class Words {
  /** Reads the tables. */
  async learn() {
    const { elements, fonts } = await read('v1/elements');
    this.fonts = fonts;
    this.elements = new Map(elements.map((each) => [each.name, { ...each, byName: new Map(each.attributes.map((row) => [row.name, row])) }]));
  }

  /** Returns the attributes that a block of a type has. */
  of(type) {
    return this.elements.get(type)?.attributes ?? [];
  }

  /** Returns the row of an attribute; undefined where such a block has none. */
  row(type, name) {
    return this.elements.get(type)?.byName.get(name);
  }

  /** Returns what an attribute of a block says, or means where it says nothing. */
  value(node, name) {
    return node[name] ?? this.row(typeOf(node), name)?.default ?? null;
  }

  /** Returns values of a block as they are kept: one that is as usual is null. */
  tidy(node, values) {
    const row = (name) => this.row(typeOf(node), name);
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === row(name)?.default && !row(name).needed ? null : value]));
  }
}

/** Returns what an element is by the name of its tag. */
export const typeOf = (node) => node.type ?? (node.pages ? 'design' : 'page');
