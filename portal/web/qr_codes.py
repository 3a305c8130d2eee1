"""QR codes as pictures: one path of squares, for an <svg> of a page as for a paper."""

import io
from itertools import groupby
from typing import NamedTuple

import segno

QUIET = 4  # modules of white around a code, as its standard asks


class Drawn(NamedTuple):
    """A code as an SVG draws it: `side` modules wide and high with its white border, `path` for the dark ones."""

    side: int
    path: str

    @property
    def svg(self):
        """The whole picture, for papers; it holds nothing but figures and the letters M, h, v and z."""
        box = f'viewBox="0 0 {self.side} {self.side}" shape-rendering="crispEdges"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {box}><path d="{self.path}"/></svg>'


def drawn(payload):
    """The Drawn code of a text with a quarter of it to spare for dirt (level M or better); None without a text."""
    if not payload:
        return None
    code = segno.make_qr(payload, error="m")
    runs = []
    for y, row in enumerate(code.matrix, QUIET):
        x = QUIET
        for dark, cells in groupby(row):
            width = len(list(cells))
            runs += [f"M{x} {y}h{width}v1h-{width}z"] if dark else []
            x += width
    return Drawn(len(code.matrix) + 2 * QUIET, "".join(runs))


def png(payload):
    """The picture of a code as PNG bytes, large enough for a phone to read again."""
    made = io.BytesIO()
    segno.make_qr(payload, error="m").save(made, kind="png", scale=8, border=QUIET)
    return made.getvalue()
