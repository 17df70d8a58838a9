"""A scripted editor talks to `chansan lsp`.

Usage: lsp_test.py CHANSAN
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

CHANSAN = ""

RACY = """\
#include <thread>
int shared;
int main() {
  std::thread other([] { shared = 1; });
  shared = 2;
  other.join();
}
"""


class LspTest(unittest.TestCase):

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="chansan-")
        self.addCleanup(scratch.cleanup)
        self.directory = os.path.realpath(scratch.name)
        self.last_id = 0

    def start(self, *arguments):
        self.server = subprocess.Popen(
            [CHANSAN, "lsp", "--no-cache", *arguments], cwd=self.directory,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.stdin.close)
        self.addCleanup(self.server.kill)

    def send_raw(self, text):
        body = text.encode()
        self.server.stdin.write(
            b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def notify(self, method, **params):
        self.send_raw(json.dumps({"jsonrpc": "2.0", "method": method,
                                  "params": params}))

    def request(self, method, **params):
        self.last_id += 1
        self.send_raw(json.dumps({"jsonrpc": "2.0", "id": self.last_id,
                                  "method": method, "params": params}))
        return self.receive()

    def receive(self):
        length = 0
        while True:
            line = self.server.stdout.readline()
            self.assertTrue(line, "the server has ended")
            if line == b"\r\n":
                break
            if line.startswith(b"Content-Length: "):
                length = int(line.split()[1])
        return json.loads(self.server.stdout.read(length))

    def diagnostics(self):
        message = self.receive()
        self.assertEqual(message["method"], "textDocument/publishDiagnostics",
                         message)
        return message["params"]

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return {"uri": "file://" + path.replace(" ", "%20")}

    def end(self):
        self.assertIsNone(self.request("shutdown")["result"])
        self.notify("exit")
        self.assertEqual(self.server.wait(timeout=300), 0)

    def test_findings_on_open_and_their_end_on_save(self):
        document = self.write("a b.cpp", RACY)
        self.start("--", "-std=c++20")
        capabilities = self.request("initialize", capabilities={})["result"]
        self.assertTrue(capabilities["capabilities"]["textDocumentSync"]
                        ["openClose"])
        self.notify("initialized")
        self.notify("textDocument/didOpen", textDocument=document)
        shown = self.diagnostics()
        self.assertEqual(shown["uri"], document["uri"])
        [race] = shown["diagnostics"]
        self.assertEqual(race["code"], "chansan-race-shared-global")
        self.assertEqual(race["range"]["start"], {"line": 3, "character": 25})
        self.assertEqual(race["range"]["end"], {"line": 3, "character": 31})
        self.assertTrue(race["relatedInformation"])
        self.write("a b.cpp", RACY.replace("  shared = 2;\n  other.join();",
                                           "  other.join();\n  shared = 2;"))
        self.notify("textDocument/didSave", textDocument=document)
        self.assertEqual(self.diagnostics()["diagnostics"], [])
        self.end()

    def test_file_without_a_command_is_told_in_the_log(self):
        document = self.write("a.cpp", RACY)
        self.start("-p", ".")
        self.request("initialize", capabilities={})
        self.notify("textDocument/didOpen", textDocument=document)
        message = self.receive()
        self.assertEqual(message["method"], "window/logMessage")
        self.assertIn("compile_commands.json", message["params"]["message"])
        self.assertEqual(self.diagnostics()["diagnostics"], [])
        self.end()

    def test_header_is_checked_as_its_neighbours_are(self):
        self.write("a.cpp", "int main() {}\n")
        header = self.write("a.h", RACY.replace("int main", "inline int race"))
        self.write("compile_commands.json", json.dumps([
            {"directory": ".", "file": "a.cpp",
             "arguments": ["c++", "-std=c++20", "-c", "a.cpp"]}]))
        self.start("-p", ".")
        self.request("initialize", capabilities={})
        self.notify("textDocument/didOpen", textDocument=header)
        [race] = self.diagnostics()["diagnostics"]
        self.assertEqual(race["code"], "chansan-race-shared-global")
        self.end()

    def test_what_a_save_mends_in_a_header_is_gone_there_too(self):
        header = self.write("a.h", RACY.replace("int main", "inline int race"))
        document = self.write("a.cpp", '#include "a.h"\nint main() { race(); }\n')
        self.start("--", "-std=c++20")
        self.request("initialize", capabilities={})
        self.notify("textDocument/didOpen", textDocument=document)
        shown = [self.diagnostics(), self.diagnostics()]
        self.assertEqual({one["uri"]: len(one["diagnostics"])
                          for one in shown},
                         {document["uri"]: 0, header["uri"]: 1})
        self.write("a.h", "inline int race() { return 0; }\n")
        self.notify("textDocument/didSave", textDocument=document)
        shown = [self.diagnostics(), self.diagnostics()]
        self.assertEqual({one["uri"]: one["diagnostics"] for one in shown},
                         {document["uri"]: [], header["uri"]: []})
        self.end()

    def test_unknown_requests_and_broken_messages_do_not_end_it(self):
        self.start("--")
        self.send_raw("{ this is no JSON")
        self.assertEqual(self.receive()["error"]["code"], -32700)
        self.assertEqual(self.request("textDocument/hover")["error"]["code"],
                         -32601)
        self.notify("$/setTrace", value="off")
        self.end()


if __name__ == "__main__":
    CHANSAN = os.path.abspath(sys.argv[1])
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
