"""Reads mail with Python's own modules, every part decoded, and says how many messages there were.

    mail.py mbox FILE
    mail.py imap HOST:PORT USER CA       the password is in PASSWORD
"""

import email
import imaplib
import mailbox
import os
import ssl
import sys


def decode(message):
    message["subject"], message["from"], message["date"]
    for part in message.walk():
        part.get_payload(decode=True)


def mbox(path):
    n = 0
    for message in mailbox.mbox(path, create=False):
        decode(message)
        n += 1
    return n


def imap(address, user, ca):
    host, port = address.rsplit(":", 1)
    n = 0
    with imaplib.IMAP4_SSL(host, int(port), ssl_context=ssl.create_default_context(cafile=ca)) as server:
        server.login(user, os.environ["PASSWORD"])
        _, (held,) = server.select("INBOX", readonly=True)
        for first in range(1, int(held) + 1, 100):
            _, answers = server.fetch(f"{first}:{min(first + 99, int(held))}", "(UID BODY.PEEK[])")
            for answer in answers:
                if isinstance(answer, tuple):
                    decode(email.message_from_bytes(answer[1]))
                    n += 1
    return n


print({"mbox": mbox, "imap": imap}[sys.argv[1]](*sys.argv[2:]))
