"""Invented proposals and model cards in the formats that teams hand in."""

import io
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from reviewer_app.domain.programme import Team
from reviewer_app.paths import resource

_NOTICE = "데모를 위해 지어낸 문서입니다 · Invented for the Reviewer App demo"

_CHAPTERS = (
    (
        "사업 개요",
        "Overview",
        "본 컨소시엄은 처음부터 직접 학습한 파운데이션 모델을 개발하고 공개한다.",
    ),
    ("독자성", "Independence", "가중치는 무작위 초기화에서 시작했으며 외부 인코더를 쓰지 않았다."),
    (
        "데이터",
        "Training data",
        "한국어 말뭉치의 출처와 정제 절차, 중복 제거와 개인정보 처리를 기술한다.",
    ),
    ("모델 구조", "Architecture", "전문가 혼합 구조의 층 수, 활성 매개변수, 문맥 길이를 설명한다."),
    ("학습", "Training run", "GPU 사용 시간, 손실 곡선, 중단과 재시작, 재현 절차를 밝힌다."),
    ("평가", "Evaluation", "공개 벤치마크의 설정, 프롬프트 판본, 표준오차를 함께 제시한다."),
    ("안전성", "Safety", "유해 응답, 환각, 편향에 대한 점검 결과와 완화 조치를 정리한다."),
    ("활용 계획", "Adoption plan", "공공과 산업 현장의 적용 계획, 확산 일정과 목표를 제시한다."),
    ("추진 일정과 예산", "Schedule and budget", "6개월 단위의 이정표와 자원 배분을 표로 제시한다."),
)


def _styles() -> dict[str, ParagraphStyle]:
    for name, file in (("Demo", "Pretendard-Regular.ttf"), ("Demo-Bold", "Pretendard-Bold.ttf")):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(resource("fonts", file))))
    body = ParagraphStyle(
        "body", fontName="Demo", fontSize=10.5, leading=17, wordWrap="CJK", alignment=TA_LEFT
    )
    return {
        "body": body,
        "title": ParagraphStyle("title", body, fontName="Demo-Bold", fontSize=24, leading=32),
        "head": ParagraphStyle(
            "head", body, fontName="Demo-Bold", fontSize=15, leading=24, spaceAfter=3 * mm
        ),
        "note": ParagraphStyle("note", body, fontSize=9, textColor=HexColor("#555555")),
    }


def proposal(team: Team) -> bytes:
    """Return a ten-page proposal (PDF) of a team."""
    styles = _styles()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=25 * mm,
        rightMargin=25 * mm,
        topMargin=25 * mm,
        bottomMargin=25 * mm,
        title=f"{team.name.en} proposal",
        invariant=1,
    )
    partners = ", ".join(p.ko for p in team.partners)
    story = [
        Spacer(1, 60 * mm),
        Paragraph(escape(f"{team.name.ko} 단계평가 제출서"), styles["title"]),
        Spacer(1, 6 * mm),
        Paragraph(escape(f"모델: {team.model}"), styles["body"]),
        Paragraph(escape(f"컨소시엄: {partners}"), styles["body"]),
        Spacer(1, 10 * mm),
        Paragraph(_NOTICE, styles["note"]),
    ]
    for number, (korean, english, sentence) in enumerate(_CHAPTERS, 1):
        story += [PageBreak(), Paragraph(f"{number}. {korean} ({english})", styles["head"])]
        story += [Paragraph(escape(f"{sentence} " * 4), styles["body"]), Spacer(1, 4 * mm)] * 3
        rows = [["항목", "1분기", "2분기", "3분기", "4분기"]]
        rows += [[f"지표 {i}", *(str(i * number * q) for q in range(1, 5))] for i in range(1, 5)]
        story.append(Table(rows, colWidths=[40 * mm, *[28 * mm] * 4], style=_table_style()))
    document.build(story)
    return out.getvalue()


def _table_style() -> list[tuple[object, ...]]:
    return [
        ("FONT", (0, 0), (-1, -1), "Demo", 9),
        ("FONT", (0, 0), (-1, 0), "Demo-Bold", 9),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, HexColor("#333333")),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, HexColor("#bbbbbb")),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
    ]


def model_card(team: Team) -> bytes:
    """Return a model card (Markdown) of a team."""
    lines = [
        f"# {team.model}",
        "",
        f"> {_NOTICE}",
        "",
        f"- 개발: {team.name.ko} ({team.name.en})",
        "- 초기화: 무작위, 처음부터 학습",
        "- 문맥 길이: 131,072 토큰",
        "",
        "## 한계",
        "",
        "전문 분야의 최신 사실에는 약하다. *Factual recall after the cut-off date is weak.*",
        "",
        "| 항목 | 값 |",
        "|---|---|",
        "| 매개변수 | 지어낸 값 |",
        "",
    ]
    return "\n".join(lines).encode()
