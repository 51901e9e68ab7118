"""What the census says of a person in one byte: sex, town or country, registration, schooling."""

from numba import njit

# bit 0: man; bit 1: lives in a town; bit 2: registered where they live; bits 3 and 4: level of schooling


@njit(cache=True, inline="always")
def pack(sex, urban, local, education):
    """One byte from four facts; numbers or arrays alike."""
    return sex | urban << 1 | local << 2 | education << 3


@njit(cache=True, inline="always")
def sex_of(census):
    """1 for a man, 0 for a woman (and for organisations)."""
    return census & 1


@njit(cache=True, inline="always")
def urban_of(census):
    """1 for those who live in a town."""
    return census >> 1 & 1


@njit(cache=True, inline="always")
def local_of(census):
    """1 for those registered where they live."""
    return census >> 2 & 1


@njit(cache=True, inline="always")
def education_of(census):
    """0 primary or none, 1 junior secondary, 2 senior secondary, 3 college."""
    return census >> 3 & 3
