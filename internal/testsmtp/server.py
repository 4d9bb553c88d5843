"""A real mail server for the tests, by Debian's python3-aiosmtpd: with a user and
a password, STARTTLS demanded or TLS from the start, and a folder where what it
takes lies as files. It ends when its standard input does."""
import asyncio, os, ssl, sys, uuid

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword, SMTP


class Keep:
    def __init__(self, folder):
        self.folder = folder

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 there is no " + address
        if address.startswith("busy@"):
            return "450 4.2.1 come back later, " + address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = os.path.join(self.folder, uuid.uuid4().hex)
        with open(name + ".tmp", "wb") as f:
            f.write(b"X-From: " + envelope.mail_from.encode() + b"\r\nX-To: " + ",".join(envelope.rcpt_tos).encode() + b"\r\n")
            f.write(b"X-Tls: " + (b"yes" if session.ssl or server.transport.get_extra_info("sslcontext") else b"no") + b"\r\n" + envelope.original_content)
        os.rename(name + ".tmp", name)
        return "250 taken"


def check(server, session, envelope, mechanism, data):
    ok = isinstance(data, LoginPassword) and data.login == b"tenet" and data.password == b"correct horse"
    return AuthResult(success=ok, handled=ok)


folder, cert, key, kind = sys.argv[1:5]
tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
tls.load_cert_chain(cert, key)


class Server(Controller):
    def factory(self):
        if kind == "clear":
            return SMTP(self.handler, hostname="localhost")
        return SMTP(self.handler, hostname="localhost", authenticator=check, auth_required=True,
                    tls_context=None if kind == "smtps" else tls, require_starttls=kind != "smtps",
                    auth_require_tls=kind != "smtps")


c = Server(Keep(folder), hostname="127.0.0.1", port=int(sys.argv[5]), ssl_context=tls if kind == "smtps" else None)
c.start()
print("ready", flush=True)
sys.stdin.read()
c.stop()
