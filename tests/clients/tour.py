"""The tour, with the client that openapi-python-client makes of the document: tour.py URL CLIENT_ID CLIENT_SECRET TABLE_9"""

import csv
import io
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from helhedsplan_client import AuthenticatedClient, Client
from helhedsplan_client.api.areas import list_areas
from helhedsplan_client.api.clients import issue_token
from helhedsplan_client.api.indicators import get_series
from helhedsplan_client.api.kendskabsgrad import get_extract, push_extract
from helhedsplan_client.api.system import get_me
from helhedsplan_client.models import (
    AccessToken,
    Area,
    AreaPage,
    Extract,
    GetSeriesFormat,
    JsonStatDataset,
    Me,
    NewCount,
    NewExtract,
    NewSubset,
    OAuthError,
    OAuthErrorCode,
    Outcome,
    Point,
    Problem,
    PushExtractEmptyCells,
    Receipt,
    Role,
    Series,
    TokenKind,
    TokenRequest,
)
from helhedsplan_client.types import UNSET, Response, Unset

PLAN = "fredericia-2023-2026"
DATE = date(2024, 1, 1)
ZONES = {"zone-1": 306, "zone-2": 296, "zone-3": 253, "zone-4": 282}
ALL = 1137
REASON = "Tour of the Python client."

T = TypeVar("T")


def main(url: str, client_id: str, client_secret: str, table_9: str) -> None:
    request = TokenRequest(grant_type="client_credentials", client_id=client_id, client_secret=client_secret + "x")
    refused = issue_token.sync_detailed(client=Client(base_url=url), body=request)
    equal(refused.status_code, 401)
    assert isinstance(refused.parsed, OAuthError)
    equal(refused.parsed.error, OAuthErrorCode.INVALID_CLIENT)
    request.client_secret = client_secret
    token = good(issue_token.sync_detailed(client=Client(base_url=url), body=request), AccessToken)
    client = AuthenticatedClient(base_url=url, token=token.access_token)

    me = good(get_me.sync_detailed(client=client), Me)
    equal(me.role, Role.MUNICIPALITY)
    equal((me.client_id, me.token_kind), (client_id, TokenKind.CLIENT))
    assert "kendskabsgrad:write" in me.permissions
    step(f"{me.subject} may {', '.join(me.permissions)}")

    areas = list_all_areas(client)
    codes = [area.code for area in areas]
    equal(len(set(codes)), len(codes))
    assert ZONES.keys() <= set(codes)
    step(f"{len(codes)} areas in pages of 5")

    table = Path(table_9).read_bytes()
    trial = push_csv(client, table, dry_run=True)
    equal(trial.outcome, Outcome.DRY_RUN)
    equal(trial.totals.by_area.to_dict(), ZONES)
    equal(trial.totals.all_, ALL)
    equal(trial.rows.received, 60)
    step(f"table 9 would be accepted: {trial.totals.all_} in all")

    pushed = push_csv(client, table, dry_run=False)
    assert pushed.outcome is not Outcome.DRY_RUN
    equal(pushed.totals.by_area.to_dict(), ZONES)
    equal(pushed.totals.all_, ALL)
    step(f"table 9 is {pushed.outcome} as revision {pushed.revision}")

    assert_table_9(points(client))
    step(f"series as JSON: {'/'.join(map(str, ZONES.values()))}, together {ALL}")

    rows = list(csv.DictReader(io.StringIO(series_as(client, GetSeriesFormat.CSV).decode())))
    for area, count in [*ZONES.items(), ("all-zones", ALL)]:
        equal([int(row["value"]) for row in rows if row["area"] == area and not row["category"]], [count])
    step(f"series as CSV: the same in {len(rows)} rows")

    cube = json_stat(client)
    equal(cube.version, "2.0")
    for area, count in [*ZONES.items(), ("all-zones", ALL)]:
        equal(cell(cube, measure="value", area=area, category="_T", period=DATE.isoformat()), count)
    step(f"series as JSON-stat: the same in a cube of {' × '.join(map(str, cube.size))}")

    current = good(get_extract.sync_detailed(PLAN, DATE, client=client), Extract)
    equal(current.revision, pushed.revision)
    body = again(current)
    at = next(i for i, count in enumerate(body.counts) if (count.area, count.target_group) == ("zone-1", "6.2"))
    body.counts[at].count = 28
    unreasoned = problem(push_extract.sync_detailed(PLAN, client=client, body=body))
    equal([error.code for error in unreasoned.errors or []], ["revision_reason_required"])
    body.counts[at].count = -3
    body.counts[at + 1].area = "zone-9"
    wrong = problem(push_extract.sync_detailed(PLAN, client=client, body=body))
    places = {error.pointer: error.code for error in wrong.errors or []}
    equal(places.get(f"/counts/{at}/count"), "negative")
    assert f"/counts/{at + 1}/area" in places
    errors = [*(unreasoned.errors or []), *(wrong.errors or [])]
    step(f"422: {'; '.join(f'{error.code} at {error.pointer}' for error in errors)}")

    body = again(current)
    body.counts[at].count = 28
    body.revision_reason = REASON
    body.replaces_revision = current.revision
    answer = push_extract.sync_detailed(PLAN, client=client, body=body, idempotency_key=str(uuid4()))
    correction = good(answer, Receipt)
    equal(correction.outcome, Outcome.REVISED)
    equal(correction.revision, current.revision + 1)
    equal(
        [(change.area, change.category, change.before, change.after) for change in correction.changes],
        [("zone-1", "6.2", 29, 28)],
    )
    now = points(client)
    equal(figure(now, "zone-1", "6.2"), 28)
    equal(figure(now, "zone-1", None), 305)
    equal(figure(now, "all-zones", None), 1136)
    step("corrected by JSON: zone-1, 6.2 from 29 to 28")

    before = correction.received_at - timedelta(microseconds=1)
    assert_table_9(points(client, before))
    step(f"as of {before.isoformat()}: 29 again")


def list_all_areas(client: AuthenticatedClient) -> list[Area]:
    """The areas, page by page."""
    areas: list[Area] = []
    cursor: str | Unset = UNSET
    while True:
        page = good(list_areas.sync_detailed(PLAN, client=client, limit=5, cursor=cursor), AreaPage)
        assert len(page.items) <= 5
        areas.extend(page.items)
        if page.next_ is None:
            return areas
        cursor = page.next_


def push_csv(client: AuthenticatedClient, table: bytes, *, dry_run: bool) -> Receipt:
    """Pushes a table as it is printed. The generated functions send JSON and bytes from files only, so the request is
    made without a body, which is put in here."""
    request = push_extract._get_kwargs(
        PLAN,
        dry_run=dry_run,
        extracted_on=DATE,
        empty_cells=PushExtractEmptyCells.ZERO,
        revision_reason=REASON,
        idempotency_key=UNSET if dry_run else str(uuid4()),
    )
    request["headers"]["Content-Type"] = "text/csv"
    response = client.get_httpx_client().request(**request, content=table)
    return good(push_extract._build_response(client=client, response=response), Receipt)


def points(client: AuthenticatedClient, as_of: datetime | Unset = UNSET) -> list[Point]:
    """The points of the series on the date."""
    day = DATE.isoformat()
    answer = get_series.sync_detailed(PLAN, "kendskabsgrad-count", client=client, from_=day, to=day, as_of=as_of)
    return good(answer, Series).points


def series_as(client: AuthenticatedClient, form: GetSeriesFormat) -> bytes:
    """The series in another format than JSON: the generated functions know one media type a status."""
    day = DATE.isoformat()
    request = get_series._get_kwargs(PLAN, "kendskabsgrad-count", from_=day, to=day, format_=form)
    return client.get_httpx_client().request(**request).raise_for_status().content


def json_stat(client: AuthenticatedClient) -> JsonStatDataset:
    return JsonStatDataset.from_dict(json.loads(series_as(client, GetSeriesFormat.JSONSTAT)))


def cell(cube: JsonStatDataset, **at: str) -> float | None:
    """A value of a JSON-stat cube by its place in every dimension."""
    index = 0
    for dimension, size in zip(cube.id, cube.size, strict=True):
        index = index * size + cube.dimension[dimension].category.index.index(at[dimension])
    return cube.value[str(index)]


def figure(of: list[Point], area: str, category: str | None) -> float | None:
    [found] = [point for point in of if point.area == area and point.category == category]
    return found.value


def assert_table_9(of: list[Point]) -> None:
    for zone, count in ZONES.items():
        equal(figure(of, zone, None), count)
    equal(figure(of, "all-zones", None), ALL)
    equal(figure(of, "zone-1", "6.2"), 29)


def again(extract: Extract) -> NewExtract:
    """An extract as it can be sent again."""

    def known(count: int | None) -> int:
        assert count is not None
        return count

    return NewExtract(
        extracted_on=extract.extracted_on,
        source=extract.source,
        counts=[
            NewCount(area=it.area, target_group=it.target_group, count=known(it.count), note=it.note)
            for it in extract.counts
        ],
        subsets=[
            NewSubset(area=it.area, target_group=it.target_group, subset=it.subset, count=known(it.count), note=it.note)
            for it in extract.subsets
        ],
    )


def good(answer: Response[Any], kind: type[T]) -> T:
    """The answer's body; a problem is an error with everything it says."""
    if isinstance(answer.parsed, Problem):
        raise AssertionError(answer.parsed.to_dict())
    assert isinstance(answer.parsed, kind), f"{answer.status_code}: {answer.content!r}"
    return answer.parsed


def problem(answer: Response[Any]) -> Problem:
    equal(answer.status_code, 422)
    assert isinstance(answer.parsed, Problem)
    equal(answer.parsed.type_, "/problems/invalid-content")
    return answer.parsed


def equal(found: object, expected: object) -> None:
    assert found == expected, f"{found!r} instead of {expected!r}"


def step(text: str) -> None:
    print(f"python: {text}")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit("tour.py URL CLIENT_ID CLIENT_SECRET TABLE_9")
    main(*sys.argv[1:])
