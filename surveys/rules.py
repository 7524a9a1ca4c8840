"""Response rate: plain numbers in and out."""


def response_rate(answered, invited):
    """AAPOR RR2 = (complete + partial) / everybody drawn, those never reached included; None when nobody was drawn.

    A questionnaire counts once it was handed in with every required answer, so nothing partial is ever in it;
    answers by an open link have no denominator and are left out.
    """
    return answered / invited if invited else None
