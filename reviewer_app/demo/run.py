"""Run the main job from raw team files to a verified, signed decision."""

import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import msgspec

from reviewer_app.demo.documents import model_card, proposal
from reviewer_app.demo.results import old_result_file, result_file, samples_file
from reviewer_app.domain.committee import Conflict
from reviewer_app.domain.programme import BenchmarkTask, Round, Team
from reviewer_app.domain.submission import PanelPoint, PanelPoints
from reviewer_app.errors import FileError
from reviewer_app.paths import resource
from reviewer_app.server.run import EmbeddedServer
from reviewer_app.signing.identity import KeyPair
from reviewer_app.signing.secrets import Secrets
from reviewer_app.texts import Message, say
from reviewer_app.usecases import (
    carrying,
    compiling,
    deciding,
    founding,
    intake,
    opening,
    review,
    syncing,
    verifying,
)
from reviewer_app.usecases.session import Session

_PASSPHRASE = "demo-passphrase-not-a-secret"  # noqa: S105 - of invented identities
_SEED = 20260115
_FAILS_GATE, _DOUBT = 1, 0.2
_OLD_SCHEMA, _SENDS_ZIP = 3, 4

Tell = Callable[[Message], None]


class Finished(msgspec.Struct, frozen=True):
    """Where the demo's files are, and what the last check said."""

    folder: str
    workspace: str
    pdf: str
    verified: bool

    def open_window(self) -> None:
        """Open the workspace in the window where there is a screen; else do nothing."""
        screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if sys.platform.startswith("linux") and not screen:
            return
        environment = {**os.environ, "REVIEWER_APP_PASSPHRASE": _PASSPHRASE}
        frozen = getattr(sys, "frozen", False)
        command = [sys.executable] if frozen else [sys.executable, "-m", "ui"]
        subprocess.Popen([*command, self.workspace], env=environment)  # noqa: S603 - our own program


class _Member(msgspec.Struct, frozen=True):
    session: Session
    keys: KeyPair


class _Demo:
    """The people of the demo and their workspaces."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self.folder = folder
        self.tell = tell
        passphrase = folder / "passphrase.txt"
        passphrase.parent.mkdir(parents=True, exist_ok=True)
        passphrase.write_text(f"{_PASSPHRASE}\n", encoding="utf-8")
        self.secrets = Secrets(passphrase)
        self.random = random.Random(_SEED)  # noqa: S311 - invented scores, not secrets
        self.open = ExitStack()
        self.members: dict[str, _Member] = {}

    def found(self) -> None:
        template = founding.template_file(resource("programmes", "sovereign-ai.toml"))
        programme, self.office = founding.found(template, self.folder / "programme", self.secrets)
        self.open.callback(self.office.workspace.close)
        self.secretary = opening.own_keys(self.office, self.secrets)
        self.round = self.office.round().round
        self.tell(say("1. Founded the programme {id}.", id=programme.programme[:16]))

    def take_in(self) -> None:
        files = results = 0
        for number, team in enumerate(self.office.state.taking_part()):
            paths = _material(self.folder / "handed-in" / team.id, number, team, self.round)
            report = intake.intake(self.office, self.secretary, self.round.id, team.id, paths)
            files, results = files + len(report.files), results + len(report.results)
            for name, why in report.not_understood:
                self.tell(say("   kept, not understood: {name}: {why}", name=name, why=why))
        for component in self.round.components:
            if component.kind == "panel":
                self._survey(component.id, component.maximum)
        self.tell(
            say(
                "2. Took in {files} files with {results} result sets.", files=files, results=results
            )
        )

    def _survey(self, component: str, maximum: Decimal) -> None:
        points = tuple(
            PanelPoint(
                team.id,
                (maximum * Decimal(self.random.randint(70, 98)) / 100).quantize(Decimal("0.1")),
                self.random.randint(180, 240),
            )
            for team in self.office.state.taking_part()
        )
        body = PanelPoints(component, points, "Invented for the Reviewer App demo")
        compiling.import_panel(self.office, self.secretary, self.round.id, body)

    def hand_out(self) -> None:
        packs = self.folder / "packs"
        packs.mkdir()
        for person in self.office.round().members:
            pack = packs / f"{person}.rvpack"
            carrying.write_pack(self.office, self.secretary, person, pack)
            session = opening.create(self.folder / "members" / f"{person}.rvw", self.secrets)
            self.open.callback(session.workspace.close)
            identity = self.folder / "programme" / "identities" / f"{person}.p12"
            keys = opening.take_identity(session, identity, _PASSPHRASE)
            carrying.import_pack(session, keys, pack)
            self.members[person] = _Member(session, keys)
        self.tell(say("3. Sealed packs opened by {n} members.", n=len(self.members)))

    def score(self) -> None:
        for number, member in enumerate(self.members.values()):
            review.sign_pledge(member.session, member.keys, self.round.id)
            conflicts = []
            if number == 1:
                team = member.session.state.taking_part()[0]
                conflicts = [Conflict(team.id, "recusal", "자문 이력 (invented)")]
            review.declare_conflicts(member.session, member.keys, self.round.id, conflicts)
            self._enter(member)
            review.seal_scorecard(member.session, member.keys, self.round.id)
        self.tell(
            say("4. {n} scorecards sealed, one member recused from a team.", n=len(self.members))
        )

    def _enter(self, member: _Member) -> None:
        session = member.session
        round_ = session.round()
        with session.workspace.transaction():
            for place, team in enumerate(session.state.taking_part()):
                if team.id in round_.conflicted(session.person):
                    continue
                for criterion in self.round.criteria:
                    steps = int((criterion.high - criterion.low) / criterion.step)
                    grade = min(
                        steps, max(0, round(self.random.gauss(0.82 - place * 0.03, 0.07) * steps))
                    )
                    review.enter_score(
                        session,
                        round_,
                        team.id,
                        criterion.id,
                        review.DraftScore(
                            criterion.low + grade * criterion.step,
                            "제출서의 근거를 확인함 (invented for the demo)",
                        ),
                    )
                for gate in self.round.gates:
                    passed = place != _FAILS_GATE or self.random.random() < _DOUBT
                    reason = "" if passed else "외부 인코더 가중치 사용 (invented)"
                    review.enter_vote(
                        session, round_, team.id, gate.id, review.DraftVote(passed, reason)
                    )

    def bring_back(self, url: str) -> None:
        """Half of the scorecards travel as packs, the others over the network."""
        syncing.synchronise(self.office, self.secretary, url)
        for number, (person, member) in enumerate(self.members.items()):
            if number % 2:
                syncing.synchronise(member.session, member.keys, url)
            else:
                pack = self.folder / "packs" / f"from-{person}.rvpack"
                carrying.write_pack(member.session, member.keys, self.secretary.person, pack)
                carrying.import_pack(self.office, self.secretary, pack)
        report = syncing.synchronise(self.office, self.secretary, url)
        self.tell(
            say(
                "5. Scorecards came back by pack and by sync; {n} receipts proved.",
                n=report.receipts,
            )
        )

    def decide(self, url: str) -> None:
        compiling.seal_round(self.office, self.secretary, self.round.id)
        table, _ = compiling.compile_tally(self.office, self.secretary, self.round.id)
        self.tell(say("6. Official tally of {n} teams.", n=len(table.teams)))
        deciding.decide(
            self.office,
            self.secretary,
            self.round.id,
            reasons="평가표와 집계에 따라 의결한다. (데모를 위해 지어낸 사유)",
        )
        syncing.synchronise(self.office, self.secretary, url)
        decision = self.office.round().decision
        for person in decision.body.signers if decision else ():
            member = self.members[person]
            syncing.synchronise(member.session, member.keys, url)
            deciding.sign_decision(member.session, member.keys, self.round.id)
            syncing.synchronise(member.session, member.keys, url)
        syncing.synchronise(self.office, self.secretary, url)
        self.tell(say("7. Decided and signed by {n} people.", n=len(self.members)))

    def verify(self) -> Finished:
        pdf = self.folder / "decision.pdf"
        opening.write_file(pdf, deciding.document_pdf(self.office, self.round.id))
        report = verifying.verify_file(pdf, self.office.programme)
        report.require()
        verifying.verify_workspace(self.office).require()
        finished = Finished(str(self.folder), str(self.office.path), str(pdf), verified=True)
        self.tell(say("Folder:    {path} (passphrase in passphrase.txt)", path=finished.folder))
        self.tell(say("Workspace: {path}", path=finished.workspace))
        self.tell(say("Decision:  {path}", path=finished.pdf))
        self.tell(say("verified: {n} checks, none failed", n=len(report.checks)))
        return finished


def run_demo(folder: Path, tell: Tell) -> Finished:
    """Run the whole main job into ``folder``, replacing what an earlier demo left there."""
    if folder.exists():
        if any(folder.iterdir()) and not (folder / "passphrase.txt").exists():
            raise FileError(
                folder, say("The folder holds something else than a demo."), say("Choose another.")
            )
        shutil.rmtree(folder)
    demo = _Demo(folder, tell)
    (folder / "members").mkdir()
    with demo.open, EmbeddedServer(folder / "server") as server:
        demo.found()
        demo.take_in()
        demo.hand_out()
        demo.score()
        demo.bring_back(server.url)
        demo.decide(server.url)
        return demo.verify()


def _material(folder: Path, number: int, team: Team, round_: Round) -> list[Path]:
    """Write what a team hands in: documents, results and samples; one team sends a zip."""
    folder.mkdir(parents=True)
    tasks: list[BenchmarkTask] = [t for c in round_.components for t in c.tasks]
    seed = _SEED + number
    name = team.model.replace(" ", "-").replace("/", "-")
    (folder / "proposal.pdf").write_bytes(proposal(team))
    (folder / "model-card.md").write_bytes(model_card(team))
    if number == _OLD_SCHEMA:
        (folder / f"{name}.json").write_bytes(old_result_file(number, team.model, tasks, seed))
    else:
        content = result_file(number, team.model, tasks, seed)
        (folder / "results_2026-01-05T09-00-00.000000.json").write_bytes(content)
    first = tasks[0]
    samples = samples_file(number, team.model, first, seed)
    (folder / f"samples_{first.id}_2026-01-05T09-00-00.000000.jsonl").write_bytes(samples)
    if number == _SENDS_ZIP:
        (folder / "notes.hwp").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2040))
        archive = folder.with_suffix(".zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
            for file in sorted(folder.iterdir()):
                target.write(file, file.name)
        return [archive]
    return [folder]
