"""What code hosts ask of a SARIF 2.1.0 log: its parts, its rules, its places, its addresses.

After GitHub's "SARIF support for code scanning" and the OASIS Standard of 27 March 2020.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from tests.hostile.formats.places import is_inside, lines_of

_LEVELS = {"none", "note", "warning", "error"}
_ADDRESS = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|:(?=[^/])|%[0-9A-F]{2})+")
"""A relative reference (RFC 3986, 4.2): what is no letter of an address is written in hundredths."""
_MOST_RESULTS = 25_000


def sarif_faults(document: Any, files: Mapping[str, bytes]) -> Iterator[str]:
    """What is wrong with a log of a run on some files."""
    try:
        if (document["version"], len(document["runs"])) != ("2.1.0", 1):
            yield f"version {document['version']} of {len(document['runs'])} runs"
        (run,) = document["runs"]
        yield from _wrong_run(run, files)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        yield f"a part is not there: {type(error).__name__}: {error}"


def _wrong_run(run: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[str]:
    driver, results = run["tool"]["driver"], run["results"]
    rules = [rule["id"] for rule in driver["rules"]]
    if not driver["name"] or len(rules) != len(set(rules)):
        yield "the tool has no name, or a rule is there twice"
    for rule in driver["rules"]:
        texts = [rule[key]["text"] for key in ("shortDescription", "fullDescription", "help")]
        if not all(texts) or rule["defaultConfiguration"]["level"] not in _LEVELS:
            yield f"{rule['id']} is not described"
    if len(results) > _MOST_RESULTS or run["columnKind"] not in {"utf16CodeUnits", "unicodeCodePoints"}:
        yield f"{len(results)} results in {run['columnKind']}"
    for told in (*results, *(told for one in run["invocations"] for told in one["toolExecutionNotifications"])):
        if not told["message"]["text"] or told.get("level", "warning") not in _LEVELS:
            yield f"a level of {told.get('level')!r}, or no message"
        for location in told.get("locations", ()):
            yield from _wrong_place(location["physicalLocation"], run, files)
    for result in results:
        yield from _wrong_result(result, rules)


def _wrong_result(result: Mapping[str, Any], rules: list[str]) -> Iterator[str]:
    number = result["ruleIndex"]
    if not 0 <= number < len(rules) or rules[number] != result["ruleId"]:
        yield f"{result['ruleId']} is not rule {number}"
    if not result["locations"]:
        yield f"{result['ruleId']} is at no place"
    marks = result["partialFingerprints"]
    if not marks or not all(isinstance(mark, str) and mark for mark in marks.values()):
        yield f"{result['ruleId']} has no fingerprint"
    for fix in result.get("fixes", ()):
        if not all(change["replacements"] for change in fix["artifactChanges"]):
            yield f"{result['ruleId']} has a fix that changes nothing"


def _wrong_place(place: Mapping[str, Any], run: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[str]:
    artifact = place["artifactLocation"]
    address = artifact["uri"]
    if not _ADDRESS.fullmatch(address) or address.startswith("/") or ".." in address.split("/"):
        yield f"{address!r} is no relative address in hundredths"
        return
    if artifact["uriBaseId"] not in run["originalUriBaseIds"]:
        yield f"{address} is relative to nothing"
    data = {name.encode("utf-8", "surrogateescape"): data for name, data in files.items()}.get(
        unquote_to_bytes(address)
    )
    if data is None:
        yield f"{address} is no file of the run"
    elif "region" in place:
        yield from _wrong_region(place["region"], lines_of(data, address), address)


def _wrong_region(region: Mapping[str, Any], lines: list[str], address: str) -> Iterator[str]:
    start, end = ((region[f"{edge}Line"], region[f"{edge}Column"]) for edge in ("start", "end"))
    if not is_inside(lines, *start) or not is_inside(lines, *end) or end < start:
        yield f"{start} to {end} is not in {address}"
