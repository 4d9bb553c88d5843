"""Presidio's recognisers of patterns behind its analyser API, on a port of the system's choice that it prints first. The
results go out as Presidio's own service sends them: to_dict of each, without recognition_metadata."""
import json
from http.server import BaseHTTPRequestHandler, HTTPServer

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine


class Blank(SpacyNlpEngine):
    def __init__(self):
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}


engine = Blank()
registry = RecognizerRegistry()
registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = analyzer.analyze(text=request["text"], language=request["language"])
        answer = []
        for r in found:
            d = r.to_dict()
            d.pop("recognition_metadata", None)
            d["analysis_explanation"] = None
            answer.append(d)
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
