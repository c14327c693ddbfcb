"""The page at `/`: plain HTML, CSS and JavaScript modules, served as they lie here.

`core/` is what all panels share; `panels/NAME.js` is one panel each, named in `panels/index.js`.
"""
