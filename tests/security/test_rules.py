"""The rules of our own (config/semgrep.yml): each finds the wrong that it is for."""

import json
import subprocess
import sys
from pathlib import Path

from config.stack.checks import SEMGREP
from config.stack.home import ROOT

WRONG = {
    "only-one-door-to-the-outside": "import httpx\nanswer = httpx.get(address)\n",
    "no-unverified-tls": "client = make(verify=False)\n",
    "text-is-escaped": (
        "from django.utils.safestring import mark_safe\nshown = mark_safe(given)\n"
    ),
    "sql-takes-parameters": 'cursor.execute("SELECT %s" % typed)\n',
    "nothing-foreign-is-run": "import pickle\nfound = pickle.loads(data)\n",
    "logs-name-nobody": 'log.info("case.read", phone=citizen.phone)\n',
    "forms-carry-a-token": (
        "from django.views.decorators.csrf import csrf_exempt\n\n\n"
        "@csrf_exempt\ndef page(request):\n    return None\n"
    ),
    "redirects-stay-here": 'def page(request):\n    return redirect(request.GET["next"])\n',
    "forms-name-their-fields": 'class Meta:\n    fields = "__all__"\n',
    "xml-is-read-without-entities": (
        "from lxml import etree\n\n\ndef read(data):\n    return etree.fromstring(data)\n"
    ),
    "weak-ciphers-are-a-networks-own": (
        "from cryptography.hazmat.primitives.asymmetric import padding\n\n"
        "sealed = key.encrypt(data, padding.PKCS1v15())\n"
    ),
    "weak-hashes-are-a-standards-own": (
        "from cryptography.hazmat.primitives import hashes\n\ndigest = hashes.Hash(hashes.SHA1())\n"
    ),
}
WRONG_PAGES = {
    "templates-escape": "<p>{{ given|safe }}</p>\n",
    "no-inline-script-or-style": '<button onclick="go()">Go</button>\n',
}
RIGHT = (
    "import httpx\nfrom lxml import etree\nfrom django.utils.safestring import SafeString\n\n"
    'log.info("case.read", case_id=case.pk)\n'
    'cursor.execute("SELECT %s", [typed])\n'
    'shown = SafeString("<br>")\nwhere = httpx.URL(address)\n'
    "parser = etree.XMLParser(resolve_entities=False)\n"
)


def test_each_rule_finds_its_wrong_and_leaves_what_is_right(tmp_path: Path):
    for rule, text in WRONG.items():
        (tmp_path / f"{rule}.py").write_text(text)
    for rule, text in WRONG_PAGES.items():
        (tmp_path / f"{rule}.html").write_text(text)
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "right.html").write_text('<script src="/x.js"></script><p>{{ given }}</p>\n')
    said = subprocess.run(
        [Path(sys.executable).parent / "semgrep", *SEMGREP, "--json", "--no-git-ignore", tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = {
        (Path(hit["path"]).stem, hit["check_id"].rpartition(".")[2])
        for hit in json.loads(said.stdout)["results"]
    }
    assert found == {(rule, rule) for rule in [*WRONG, *WRONG_PAGES]}
