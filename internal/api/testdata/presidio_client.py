"""Asks the service at the address given as a user of Presidio's service does, and prints what it cuts out of the text."""
import sys

import requests

base, text = sys.argv[1], "É 🏠 Ring Janet Hartley on 07700 900123"
assert requests.get(base + "/health").text == "Presidio Analyzer service is up"
assert "PERSON" in requests.get(base + "/supportedentities", params={"language": "en"}).json()
assert requests.get(base + "/recognizers", params={"language": "en"}).json()
answer = requests.post(base + "/analyze", json={"text": text, "language": "en", "entities": ["PERSON", "PHONE_NUMBER"], "score_threshold": 0.3, "correlation_id": "1"})
answer.raise_for_status()
try:
    from presidio_analyzer import RecognizerResult
    found = [RecognizerResult.from_json(r) for r in answer.json()]
except ImportError:
    found = [type("Result", (), r) for r in answer.json()]
print(" ".join(text[r.start:r.end] for r in found))
refused = requests.post(base + "/analyze", json={"text": text, "language": "en", "ad_hoc_recognizers": [{"name": "x"}]})
assert refused.status_code == 400 and "error" in refused.json()
