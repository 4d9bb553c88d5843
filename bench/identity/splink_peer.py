"""Splink on the rows that Tenet was measured on: the same halves, the same labels, the same figures.

Its columns are what Tenet's normalisers made of each field, its comparisons are those of its own library for such columns,
and its parameters are learned without labels as its documentation says. Its threshold is chosen twice: at a match
probability of 0.99, and on the first half by labels, as low as precision there stays at 0.99.

    python splink_peer.py NAME all|blocked FIRST.csv SECOND.csv
"""

import logging
import math
import sys
import time
import warnings
from collections import Counter

import duckdb
import splink
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on

logging.disable(logging.WARNING)
warnings.filterwarnings("ignore")


def database_api(connection):
    try:
        from splink import DuckDBAPI
    except ImportError:
        from splink.backends.duckdb import DuckDBAPI
    return DuckDBAPI(connection)


def scores(path, every_pair, full):
    """Gives (match weight, is one person) of each pair looked at, how many pairs are of one person, and seconds taken."""
    connection = duckdb.connect()
    connection.execute("set threads to 2")
    columns = "unique_id, person, " + ", ".join(
        f"nullif({c}, '') as {c}" for c in ["first_name", "surname", "dob", "nino", "email", "phone", "ref", "address", "postcode", "town"]
    )
    rows = connection.sql(f"select {columns} from read_csv('{path}', all_varchar=true)").to_arrow_table()
    comparisons = [
        cl.ForenameSurnameComparison("first_name", "surname"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.EmailComparison("email"),
        cl.ExactMatch("town").configure(term_frequency_adjustments=True),
    ]
    rules = [block_on("dob"), block_on("email"), block_on("first_name", "surname")]
    if full:
        comparisons += [
            cl.LevenshteinAtThresholds("nino", [1]),
            cl.LevenshteinAtThresholds("phone", [1]),
            cl.LevenshteinAtThresholds("ref", [1]),
            cl.JaroWinklerAtThresholds("address", [0.95, 0.85]),
            cl.PostcodeComparison("postcode"),
        ]
        rules += [block_on("nino"), block_on("phone"), block_on("ref"), block_on("postcode", "first_name"), block_on("surname", "postcode")]
    predict_on = ["1=1"] if every_pair else rules
    settings = SettingsCreator(link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=predict_on,
                               additional_columns_to_retain=["person"])
    api = database_api(connection)
    try:
        linker = Linker(api.register(rows), settings)
    except (AttributeError, TypeError):
        linker = Linker(rows, settings, api)
    certain = [block_on("first_name", "surname", "dob"), block_on("email", "first_name")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in [block_on("dob"), block_on("email"), block_on("first_name", "surname")] + ([block_on("phone")] if full else []):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    start = time.time()
    got = linker.inference.predict()
    name = got.physical_name
    found = connection.sql(f"select match_weight, person_l = person_r from {name}").fetchall()
    took = time.time() - start
    sizes = Counter(p for (p,) in connection.sql(f"select person from read_csv('{path}', all_varchar=true)").fetchall())
    return found, sum(n * (n - 1) // 2 for n in sizes.values()), took


def figures(found, truth, at):
    taken = [same for p, same in found if p >= at]
    right = sum(taken)
    precision = right / len(taken) if taken else 0.0
    recall = right / truth
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def lowest(found, precision):
    """The lowest match weight down to which precision holds."""
    best, right = float("inf"), 0
    ordered = sorted(found, reverse=True)
    for i, (p, same) in enumerate(ordered, 1):
        right += same
        if right / i >= precision and (i == len(ordered) or ordered[i][0] < p):
            best = p
    return best


def main():
    name, pairs, first, second = sys.argv[1:]
    full = pairs != "all"
    print(f"\n{name}, Splink {splink.__version__} on DuckDB {duckdb.__version__}")
    chosen = None
    for half, path in (("tuned on", first), ("held out", second)):
        found, truth, took = scores(path, not full, full)
        if chosen is None:
            chosen = lowest(found, 0.99)
        for what, at in (("probability 0.99", math.log2(99)), (f"weight {chosen:.1f}, chosen for precision 0.99", chosen), ("probability 0.5", 0.0)):
            p, r, f = figures(found, truth, at)
            print(f"  {half}, {what}: precision {p:.4f}, recall {r:.3f}, F1 {f:.3f}")
        print(f"  {half}: {truth} pairs of one person, {len(found)} pairs looked at, {len(found) / took:.0f} pairs/s without learning")


main()
