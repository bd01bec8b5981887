import pytest

from helpers.reading.turns import guess_genre

NEWS = (
    "The port closed on Monday. “We will not leave, I told them, and we will win, and our pay is ours,” she said. " * 3
)


@pytest.mark.parametrize(
    ("text", "headline", "url", "removed", "genre"),
    [
        (NEWS, "Port closes after interview", "https://a.example/news/1", [], "news"),
        (NEWS, "Port closes: as it happened", "", [], "live blog"),
        (NEWS, "An interview with Mara Lind", "", [], "interview"),
        (NEWS, "Transcript of the mayor's speech", "", [], "transcript"),
        (NEWS, "Our view: stand with them", "", [], "opinion"),
        (NEWS, "Port closes", "https://a.example/opinion/2", [], "opinion"),
        (NEWS, "Port closes", "", ["disclaimer"], "opinion"),
        ("Q: Why?\nA: They lied.\nQ: And now?\nA: We wait.", "Port closes", "", [], "interview"),
        ("We say it plainly. It was forced on us, and I know our port. We stand. " * 2, "Port", "", [], "opinion"),
    ],
)
def test_a_genre_is_guessed_with_its_reason(text, headline, url, removed, genre):
    found, why = guess_genre(text, headline, url, removed)
    assert found == genre
    assert bool(why) == (genre != "news")
