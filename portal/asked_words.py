"""What a search asks for: its words as pieces of text that must occur, a number in each of its spellings."""

from portal.folding import PHONE_QUERY, fold, national, words_of

LONGEST_QUERY = 200
MOST_WORDS = 12


def pieces_of(query, starts=False):
    """What the text must hold, as alternatives of conjunctions of alternatives; [] when nothing can be found.

    A number is looked for as it stands and without its trunk zero or country code; a query that is one number
    also in one piece, however it was spaced.
    """
    folded = fold((query or "")[:LONGEST_QUERY])
    words = list(dict.fromkeys(words_of(folded)))[:MOST_WORDS]
    if not words:
        return []
    wanted = [[[_piece(spelling, starts) for spelling in _spellings(word)] for word in words]]
    if len(words) > 1 and PHONE_QUERY.fullmatch(folded) and len(national(folded)) >= 3:
        wanted.append([[national(folded)]])
    return wanted


def _spellings(word):
    """A word, or of a phone number the digits that each of its spellings holds ("000123" is none)."""
    digits = national(word) if PHONE_QUERY.fullmatch(word) and not word.startswith("000") else ""
    if len(digits) < 3:
        return [word]
    return [digits] if digits in word else [word, digits]


def _piece(word, starts):
    return "  " + word if starts else " " * max(0, 3 - len(word)) + word
