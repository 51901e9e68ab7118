"""Departments and townships that deliver records to a city's file."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong import schemes
from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels.points import file_deeds, store_filings, take_out
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process

PLATFORM = schemes.FEATURES.index("platform")
FILED = ("party", "city", "deed", "sector", "office", "day")
TOWNSHIP, VILLAGE = "township", "village"


class CityDepartments(Process):
    """Each sector's department writes down what it learns of a resident and delivers it to the municipal file.

    Over a credit platform every sector delivers, within days; without one, little but what townships and villages
    bring on paper. *Source:* the paper, section III.2 (all sectors, departments and townships); shares assumed.
    """

    name = "city_departments"
    owns = {
        "offices": SideTable("departments, villages and communities of cities, by city and kind"),
        "offices.party": Column("i4", "row of the organisation"),
        "offices.key": Column("i4", "8 times the code of the city, plus the kind of organisation"),
        "filings": SideTable("records on their way to a municipal file"),
        "filings.party": Column("i4", "row of the resident"),
        "filings.city": Column("i4", "code of the city"),
        "filings.deed": Column("i4", "code of the deed"),
        "filings.sector": Column("i4", "code of the sector"),
        "filings.office": Column("i4", "row of the organisation that delivers, -1 none at this scale"),
        "filings.day": Column("i4", "day it arrives", "day"),
        "filings.arrival": Wheel("arrival in the file"),
        "city_records_kept_back_cum": Tally("deeds whose record no department sent", "records"),
        "city_records_on_the_way_now": Tally(
            "records on their way to a municipal file", "records", stock=True
        ),
        "city_records_delivered_cum": Tally("records delivered to municipal files", "records"),
        "city_records_by_townships_cum": Tally("records that townships and villages delivered", "records"),
    }
    reads = ("number", "kind", "city")
    hears = ("deed",)
    posts = {
        "city_record": Notice(
            "a record arrives in a municipal file",
            {"party": "i4", "city": "u1", "deed": "u2", "sector": "u1", "office": "i4"},
        ),
    }

    def begin(self, day: Day) -> None:
        """Note which organisations of a city deliver records."""
        people, desk = day.people, day.table("offices")
        party = np.flatnonzero((people.city > 0) & (people.kind >= 3))
        key = people.city[party].astype(np.int32) * 8 + people.kind[party]
        order = np.lexsort((people.number[party], key))
        rows = desk.take(len(party))
        desk.fields.party[rows], desk.fields.key[rows] = party[order], key[order]

    def step(self, day: Day) -> None:
        """Take up this week's deeds, and deliver what arrives this week."""
        deeds, desk = day.hear("deed"), day.table("filings")
        if not (len(deeds) or desk.high):
            return
        if not day.own_rules.in_force:
            day.count(city_records_kept_back_cum=len(deeds))
            return
        if len(deeds):
            self._file(day, deeds, schemes.in_force(day.now.book, day.now.date))
        self._deliver(day)

    def _file(self, day: Day, deeds: Batch, known: schemes.Schemes) -> None:
        rules, offices, desk = day.own_rules, day.table("offices"), day.table("filings")
        kinds, shares, _ = _sectors(rules.sectors)
        n = len(deeds)
        new = np.empty((len(FILED), n), np.int32)
        sent = file_deeds(
            new, deeds.party, deeds.city, deeds.deed, deeds.day, day.people.number,
            (known.sector, known.features[:, PLATFORM]), (shares, kinds),
            (offices.fields.key[: offices.high], offices.fields.party[: offices.high]),
            (rules.paper_delay_mean_days, rules.delay_mean_days), day.base, day.key,
        )  # fmt: skip
        rows, to = desk.take(sent), desk.fields
        columns = (to.party, to.city, to.deed, to.sector, to.office, to.day)
        store_filings(rows, columns, to.arrival, new, day.now.calendar.first_day, day.now.week)
        day.count(city_records_kept_back_cum=n - sent, city_records_on_the_way_now=sent)

    def _deliver(self, day: Day) -> None:
        desk = day.table("filings")
        due = desk.due("arrival", day.now.week)
        if not len(due):
            return
        told, of = np.empty((len(FILED), len(due)), np.int32), desk.fields
        take_out(told, (of.party, of.city, of.deed, of.sector, of.office, of.day), due)
        desk.release(due)
        day.post("city_record", **dict(zip(FILED, told, strict=True)))
        local = _sectors(day.own_rules.sectors)[2]
        day.count(
            city_records_on_the_way_now=-len(due), city_records_delivered_cum=len(due),
            city_records_by_townships_cum=int(local[told[3]].sum()),
        )  # fmt: skip


@lru_cache(maxsize=64)
def _sectors(sectors: Any) -> tuple[Array, Array, Array]:
    """By code of the sector: kind of organisation, share sent without a platform, 1 for townships and villages."""
    rows = sectors.rows()
    kinds, shares = np.zeros(256, np.int32), np.zeros(256)
    local = np.zeros(256, np.int64)
    for row in rows:
        kinds[row.code], shares[row.code] = row.organisation_kind, row.without_platform_share
        local[row.code] = row.key in (TOWNSHIP, VILLAGE)
    return kinds, shares, local
