"""Drives the server over real projects with clients of different abilities."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import meta
from client import Client

PROJECTS = Path(__file__).resolve().parent.parent / "projects"

# What answers for each capability that may be announced; a place is asked about with the first group, a document with the second.
AT_PLACES = {
    "hoverProvider": "textDocument/hover",
    "definitionProvider": "textDocument/definition",
    "typeDefinitionProvider": "textDocument/typeDefinition",
    "referencesProvider": "textDocument/references",
    "documentHighlightProvider": "textDocument/documentHighlight",
    "renameProvider": "textDocument/rename",
    "completionProvider": "textDocument/completion",
}
OF_DOCUMENTS = {
    "documentSymbolProvider": "textDocument/documentSymbol",
    "codeLensProvider": "textDocument/codeLens",
    "documentLinkProvider": "textDocument/documentLink",
    "codeActionProvider": "textDocument/codeAction",
    "diagnosticProvider": "textDocument/diagnostic",
}
OTHERS = {"positionEncoding", "textDocumentSync", "workspace", "workspaceSymbolProvider", "executeCommandProvider", "experimental"}

MODERN = {
    "general": {"positionEncodings": ["utf-8", "utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {
        "applyEdit": True, "configuration": True, "workspaceFolders": True,
        "workspaceEdit": {
            "documentChanges": True, "resourceOperations": ["create", "rename", "delete"],
            "changeAnnotationSupport": {"groupsOnLabel": True},
        },
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
        "fileOperations": {"willRename": True},
        "codeLens": {"refreshSupport": True},
    },
    "textDocument": {
        "publishDiagnostics": {
            "relatedInformation": True, "versionSupport": True, "codeDescriptionSupport": True, "dataSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        },
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "completion": {"completionItem": {"documentationFormat": ["markdown"], "resolveSupport": {"properties": ["documentation"]}}},
        "definition": {"linkSupport": True},
        "typeDefinition": {"linkSupport": True},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "rename": {"prepareSupport": True},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor"]}},
            "isPreferredSupport": True, "dataSupport": True, "resolveSupport": {"properties": ["edit"]},
        },
    },
}
PULLING = MODERN | {
    "workspace": MODERN["workspace"] | {"diagnostics": {"refreshSupport": True}},
    "textDocument": MODERN["textDocument"] | {"diagnostic": {}},
}
CLIENTS = {"bare": {}, "modern": MODERN, "pulling": PULLING}


def project(name: str, folder: Path) -> Path:
    root = folder / name
    shutil.copytree(PROJECTS / name / "deployed", root)
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(root)]
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "deployed"]):
        subprocess.run([*git, *arguments], check=True)
    shutil.copytree(PROJECTS / name / "working", root, dirs_exist_ok=True)
    return root


def ask_at_places(client: Client, capabilities: dict, uri: str, text: str) -> None:
    document = {"textDocument": {"uri": uri}}
    for line, content in enumerate(text.splitlines()):
        for word in list(re.finditer(r"\w+", content))[:6]:
            here = document | {"position": {"line": line, "character": word.start() + 1}}
            more = {"context": {"includeDeclaration": True, "triggerKind": 1}, "newName": "renamed"}
            for capability, method in AT_PLACES.items():
                if capability not in capabilities:
                    continue
                wanted = here | ({"newName": "renamed"} if method.endswith("rename") else {})
                if method.endswith(("references", "completion")):
                    wanted |= {"context": more["context"]}
                result = client.request(method, wanted)
                if method.endswith("completion"):
                    for item in (result or [])[:2]:
                        client.request("completionItem/resolve", item)
            if isinstance(capabilities.get("renameProvider"), dict):
                client.request("textDocument/prepareRename", here)


def ask_of_document(client: Client, capabilities: dict, uri: str, text: str) -> None:
    document = {"textDocument": {"uri": uri}}
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": text.count("\n") + 1, "character": 0}}
    for capability, method in OF_DOCUMENTS.items():
        if capability not in capabilities:
            continue
        more = {"range": whole, "context": {"diagnostics": []}} if method.endswith("codeAction") else {}
        result = client.request(method, document | more)
        if method.endswith("codeAction"):
            for action in result or []:
                if "edit" not in action:
                    client.request("codeAction/resolve", action)


def ask_of_workspace(client: Client, capabilities: dict, uris: list[str]) -> None:
    for query in ("", "ord", "0001"):
        client.request("workspace/symbol", {"query": query})
    for command in capabilities.get("executeCommandProvider", {}).get("commands", []):
        client.request("workspace/executeCommand", {"command": command})
    if capabilities.get("workspace", {}).get("fileOperations"):
        files = [{"oldUri": uri, "newUri": uri.replace("0001_", "0001_a_")} for uri in uris if "0001_" in uri]
        client.request("workspace/willRenameFiles", {"files": files})
    if "diagnosticProvider" in capabilities:
        client.request("workspace/diagnostic", {"previousResultIds": []})
    for method, params in (("preboot/status", None), ("preboot/schema", {}), ("preboot/plan", {})):
        client.request(method, params)


def session(root: Path, abilities: dict) -> Client:
    client = Client(root)
    folder = {"uri": root.as_uri(), "name": root.name}
    result = client.request("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": abilities, "workspaceFolders": [folder]})
    capabilities = result["capabilities"]
    for name in capabilities:
        if name not in OTHERS | AT_PLACES.keys() | OF_DOCUMENTS.keys():
            client.problems.append(f"{name} is announced, and nothing here asks for it")
    client.notify("initialized", {})
    files = sorted(root.rglob("*.py"))
    for path in files:
        text = path.read_text()
        client.notify("textDocument/didOpen", {"textDocument": {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": text}})
        ask_of_document(client, capabilities, path.as_uri(), text)
        ask_at_places(client, capabilities, path.as_uri(), text)
        client.notify("textDocument/didChange", {
            "textDocument": {"uri": path.as_uri(), "version": 2},
            "contentChanges": [{"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "(\n"}],
        })
        ask_of_document(client, capabilities, path.as_uri(), text)
        client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
    ask_of_workspace(client, capabilities, [path.as_uri() for path in files])
    if (status := client.end()) != 0:
        client.problems.append(f"the server ended with {status}")
    return client


def prove_the_check() -> None:
    """It refuses what is wrong: else nothing that it lets pass would mean anything."""
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    wrong = [
        ("textDocument/hover", {"contents": {"kind": "html", "value": "x"}}),
        ("textDocument/hover", {"contents": {"kind": "markdown", "value": "x"}, "range": None}),
        ("textDocument/definition", [{"uri": "file:///a", "range": {"start": place["start"]}}]),
        ("textDocument/documentHighlight", [{"range": place, "kind": 9}]),
        ("textDocument/codeLens", [{"range": place, "title": "x"}]),
        ("textDocument/completion", [{"label": 1}]),
        ("workspace/symbol", "none"),
    ]
    for method, result in wrong:
        try:
            meta.check_result(method, result)
        except meta.Invalid:
            continue
        raise SystemExit(f"{result} passes as a result of {method}")


def main() -> int:
    prove_the_check()
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name in ("rename", "petition"):
            root = project(name, Path(folder).resolve())
            for kind, abilities in CLIENTS.items():
                client = session(root, abilities)
                problems = sorted(set(client.problems))
                print(f"{name}, a {kind} client: {client.checked} messages, {len(problems)} problems")
                for problem in problems[:40]:
                    print(f"  {problem}")
                failed |= bool(problems) or client.checked < 100
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
