"""The shell of the demo's containers: what scripts write and how they end, as dash and coreutils would."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demo.world.inside.bench import LOG, START, Bench, Wire
from tui.demo.kube.programs import Unstartable
from tui.demo.world.inside.parse import parse
from tui.demo.world.inside.words import Incomplete, SyntaxProblem

SCRIPTS = [
    ("echo a b;echo c", 0, "a b\nc\n", ""),
    ("echo 'a  b' \"$GREETING  x\" $GREETING'!'", 0, "a  b hello  x hello!\n", ""),
    ("echo \"$1\" $# \"$@\"", 0, "one two 2 one two three\n", ""),
    ("false && echo no || echo yes", 0, "yes\n", ""),
    ("! true; echo $?; ! false; echo $?", 0, "1\n0\n", ""),
    ("exit 7; echo never", 7, "", ""),
    ("false", 1, "", ""),
    ("cd /data/logs && pwd; (cd /; pwd); pwd; cd nowhere", 2, "/data/logs\n/\n/data/logs\n",
     "sh: 1: cd: can't cd to nowhere\n"),
    ("x=5; y=$x$x; echo $y ${z:-none}; X=1 env | grep -c ^X=", 0, "55 none\n1\n", ""),
    ("echo out; echo err >&2", 0, "out\n", "err\n"),
    ("(echo out; echo err >&2) 2>/dev/null", 0, "out\n", ""),
    ("ls /nowhere >/dev/null 2>&1", 2, "", ""),
    ("ls /nowhere", 2, "", "ls: cannot access '/nowhere': No such file or directory\n"),
    ("cat /nowhere", 1, "", "cat: /nowhere: No such file or directory\n"),
    ("nothing-like-it", 127, "", "sh: 1: nothing-like-it: not found\n"),
    ("echo $(echo inner $(echo deep)) `echo old`", 0, "inner deep old\n", ""),
    ("seq 5 | tail -n 2 | wc -l", 0, "2\n", ""),
    ("seq 1000000 | head -n 2", 0, "1\n2\n", ""),
    ("seq 4 | grep -v 3 | head -2", 0, "1\n2\n", ""),
    ("printf '%s-%s\\n' a b; printf 'x\\ty\\n'", 0, "a-b\nx\ty\n", ""),
    ("if [ -f /etc/hostname ]; then echo file; else echo none; fi", 0, "file\n", ""),
    ("if false; then :; elif test -d /data; then echo dir; fi", 0, "dir\n", ""),
    ("for i in a b c; do [ $i = b ] && continue; echo $i; done", 0, "a\nc\n", ""),
    ("i=x; while [ $i != xxx ]; do i=x$i; done; echo $i", 0, "xxx\n", ""),
    ("until true; do echo never; done; echo $?", 0, "0\n", ""),
    ("{ echo a; echo b; } | wc -l; echo a | { read v; echo got $v; }", 0, "2\ngot a\n", ""),
    ("command -v ls; command -v nothing; echo $?; type cd", 0, "/usr/bin/ls\n127\ncd\n", ""),
    ("[ 3 -gt 2 -a -n x ] && [ ! -e /nowhere ] && echo yes", 0, "yes\n", ""),
    ("cd /etc; echo host*; echo '*' none*", 0, "hostname hosts\n* none*\n", ""),
    ("exec echo last; echo never", 0, "last\n", ""),
    ("eval 'echo a; echo b'; set -e; trap : EXIT", 0, "a\nb\n", ""),
    ("# a comment\necho a # another\n\necho b", 0, "a\nb\n", ""),
    ("echo a \\\n  b", 0, "a b\n", ""),
    ("wc -c </etc/hostname; wc -l /etc/hostname; cat </dev/null", 0, "2\n1 /etc/hostname\n", ""),
    ("cat </nowhere", 1, "", "sh: 1: cannot open /nowhere: No such file\n"),
    ("echo x >/tmp/y", 1, "", "sh: 1: cannot create /tmp/y: Read-only file system\n"),
    ("echo a; fi", 2, "", 'sh: 1: Syntax error: "fi" unexpected\n'),
    ("echo 'open", 2, "", "sh: 1: Syntax error: Unterminated quoted string\n"),
    ("head -c 3 /etc/hosts; echo; tail -c 2 /etc/hostname; tail -n +2 /etc/passwd | head -n 1 | grep -c nobody", 0,
     "127\np\n1\n", ""),
    ("stat -L -c '%s %n' /etc/hostname; find /data -type f", 0, f"2 /etc/hostname\n{LOG}\n", ""),
    ("hostname; uname; whoami; tty; stty size", 1, "p\nLinux\nroot\nnot a tty\n",
     "stty: 'standard input': Inappropriate ioctl for device\n"),
    ("date +%s; date", 0, f"{START:.0f}\n2023-11-14 22:13:20 UTC\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("script", "code", "said", "errors"), SCRIPTS, ids=[each[0][:40] for each in SCRIPTS])
async def test_scripts(script: str, code: int, said: str, errors: str) -> None:
    assert await Bench().sh(script, "one two", "three") == (code, said, errors)


@pytest.mark.parametrize("text", ["if true; then", "for i in a", "echo 'x", 'echo "x', "a |", "a &&", "(a", "echo $(a"])
def test_what_may_go_on(text: str) -> None:
    with pytest.raises(Incomplete):
        parse(text)


@settings(max_examples=150)
@given(st.text(alphabet="ab12 '\"$`\\|&;<>(){}!\n#*=-", max_size=24))
def test_any_text_is_a_script_or_is_told_to_be_none(text: str) -> None:
    with suppress(SyntaxProblem):
        parse(text)


async def test_programs_are_started_without_a_shell_too() -> None:
    bench = Bench()
    assert (await bench.run("echo", "*"))[1] == b"*\n"
    assert (await bench.run("/bin/sh", "-c", "echo $#", "zero", "one"))[1] == b"1\n"
    assert (await bench.run("bash", "-lc", "echo $0 $1", "zero", "one"))[1] == b"zero one\n"
    said = (await bench.run("env"))[1].decode()
    assert "GREETING=hello" in said
    assert "RUN_TOKEN=eyJ" in said, "a secret looks like one"


@pytest.mark.parametrize(
    ("image", "command"),
    [("volcano-scheduler:1", "sh"), ("app:1", "bash"), ("train/app:1", "nothing"), ("train/app:1", "nvidia-smi")],
)
async def test_what_an_image_does_not_have_cannot_be_started(image: str, command: str) -> None:
    with pytest.raises(Unstartable, match=f'exec: "{command}": executable file not found in \\$PATH'):
        await Bench(image=image).run(command)


async def test_gpus_are_told() -> None:
    bench = Bench(resources={"limits": {"nvidia.com/gpu": "2"}})
    assert (await bench.run("nvidia-smi", "-L"))[1].count(b"Tesla V100") == 2


async def test_a_shell_reads_its_commands_from_a_pipe() -> None:
    wire = Wire(b"x=4\nif [ $x = 4 ]; then\necho four\n", b"fi\nexit $x\necho never\n")
    assert await Bench().run("sh", wire=wire) == (4, b"four\n", b"")


async def test_a_file_grows_with_the_clock_and_is_followed_byte_by_byte() -> None:
    bench, wire = Bench(), Wire(ends=False)
    first = bench.log()
    assert (await bench.run("cat", LOG))[1] == first
    task = asyncio.create_task(bench.run("sh", "-c", 'exec tail -c +"$2" -F "$1"', "sh", LOG, "11", wire=wire))
    await wire.until(first[-10:])
    bench.now += 11
    assert len(bench.log()) > len(first)
    await wire.until(bench.log()[-10:])
    task.cancel()
    assert bytes(wire.said) == bench.log()[10:]
    assert (await bench.run("wc", "-c", LOG))[1].split()[0] == str(len(bench.log())).encode()
    assert (await bench.run("tail", "-n", "3", LOG))[1].splitlines() == bench.log().splitlines()[-3:]
