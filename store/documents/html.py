"""Text of web pages: menus and scripts left out, blocks as lines, table rows as lines, struck text marked."""

import re
from typing import Any

from store.documents.encoding import decode
from store.documents.hyphens import joined_lines
from store.documents.layout import TextBuilder
from store.documents.limits import Limits
from store.documents.margins import without_margin_numbers_in
from store.documents.reading import Reading
from store.documents.sniff import declared_charset
from store.documents.struck import is_struck_class, without_marks

_SKIPPED = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "select", "datalist", "head", "object", "iframe",
    "canvas", "audio", "video", "nav", "dialog",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "legend", "li", "main", "menu", "ol", "option", "p", "pre", "section", "summary", "table",
    "tbody", "tfoot", "thead", "title", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_STRUCK = frozenset({"s", "strike", "del"})
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
_SELF_CLOSING = frozenset({
    "p", "li", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody", "tfoot", "colgroup", "html", "head",
    "body",
})  # fmt: skip
_MENU_ROLES = frozenset({"navigation", "menu", "menubar", "contentinfo", "search"})
_FRAME_TAGS = frozenset({"header", "footer", "aside"})
_MENU_WORDS = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|navigation|menu|breadcrumbs?|sidebar|footer|masthead|skip-?(?:link|to|nav)\w*)(?:$|[-_\s])",
    re.IGNORECASE,
)
_LINE_THROUGH = re.compile(r"text-decoration[\w-]*\s*:[^;}]*line-through", re.IGNORECASE)
_AT_HEIGHT = re.compile(r"(?:^|;)\s*top\s*:", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_CLASS_IN_SELECTOR = re.compile(r"\.([\w-]+)\s*$")
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_MAX_DEPTH = 500
_MAX_MENU_CHECKS = 300


def read_html(data: bytes, media_type: str | None, limits: Limits) -> Reading:
    """Read one page of HTML in whatever encoding it declares."""
    meta = _META_CHARSET.search(data[:8192])
    declared = declared_charset(media_type) or (meta.group(1).decode("ascii") if meta else None)
    text, warnings = decode(data, declared)
    reading = read_markup(text, limits)
    return Reading(pages=reading.pages, warnings=warnings + reading.warnings)


def read_markup(markup: str, limits: Limits) -> Reading:
    """Read decoded HTML, whole page or fragment."""
    from selectolax.lexbor import LexborHTMLParser

    warnings: list[str] = []
    # HTML's rules for open paragraphs walk up all ancestors at each tag: nesting without end costs its square.
    flat = _flattened(without_marks(markup))
    if flat is not None:
        warnings.append(f"elements nested deeper than {_MAX_DEPTH} were read as flat text")
    root = LexborHTMLParser(flat if flat is not None else without_marks(markup)).root
    if root is None:
        return Reading(pages=[""], warnings=warnings)
    rules = _struck_classes(markup)
    builder = _Walk(rules, limits.max_characters, menus=False).read(root)
    if builder.text() == "":
        everything = _Walk(rules, limits.max_characters, menus=True).read(root)
        if everything.text():
            warnings.append("the page is all menu or footer; it was read whole")
            builder = everything
    if builder.full:
        warnings.append(f"text cut at {limits.max_characters} characters")
    text = builder.text()
    if builder.printed_lines:
        text = joined_lines([without_margin_numbers_in(text)])[0]
    return Reading(pages=[text], warnings=warnings)


class _Walk:
    """One pass over the tree with an own stack, so that depth costs no recursion."""

    def __init__(self, struck_classes: frozenset[str], max_characters: int, *, menus: bool) -> None:
        self.builder = TextBuilder(max_characters)
        self.struck_classes = struck_classes
        self.menus = menus
        self.checks = 0
        self.pre = 0
        self.content = 0

    def read(self, root: Any) -> TextBuilder:
        """Return the builder with all text under `root`."""
        stack: list[tuple[Any, bool]] = []
        node = root.child
        while node is not None or stack:
            if node is None:
                node, struck = stack.pop()
                self._leave(node, struck)
                node = node.next
                continue
            tag = node.tag
            if tag == "-text":
                self._text(node.text_content or "")
            elif tag and tag[0] not in "-_!" and tag not in _SKIPPED:
                attributes = node.attributes
                if self.menus or not self._is_menu(node, tag, attributes):
                    struck = self._is_struck(tag, attributes)
                    self._enter(tag, struck)
                    self._place(attributes)
                    child = node.child
                    if child is not None:
                        stack.append((node, struck))
                        node = child
                        continue
                    self._leave(node, struck)
            elif tag == "nav" and self.menus:
                stack.append((node, False))
                node = node.child
                continue
            node = node.next
        return self.builder

    def _text(self, text: str) -> None:
        if self.pre:
            self.builder.add_verbatim(text)
        else:
            self.builder.add(text.replace("\u00ad", ""))

    def _place(self, attributes: dict[str, str | None]) -> None:
        """Begin a line where a page made from print puts its next line: at a height of its own."""
        if attributes and _AT_HEIGHT.search(attributes.get("style") or ""):
            self.builder.printed_lines = True
            self.builder.line()

    def _enter(self, tag: str, struck: bool) -> None:
        if tag in _CELLS:
            self.builder.cell()
        elif tag == "tr":
            self.builder.row()
        elif tag in _BLOCKS:
            self.builder.line()
        if tag == "pre":
            self.pre += 1
        elif tag in ("main", "article"):
            self.content += 1
        if struck:
            self.builder.strike()

    def _leave(self, node: Any, struck: bool) -> None:
        tag = node.tag
        if struck:
            self.builder.unstrike()
        if tag == "pre":
            self.pre -= 1
        elif tag in ("main", "article"):
            self.content -= 1
        if tag == "tr":
            self.builder.end_row()
        elif tag in _BLOCKS:
            self.builder.line()

    def _is_struck(self, tag: str, attributes: dict[str, str | None]) -> bool:
        if tag in _STRUCK:
            return True
        if not attributes:
            return False
        names = attributes.get("class") or ""
        style = attributes.get("style") or ""
        return ("line-through" in style.lower() and bool(_LINE_THROUGH.search(style))) or bool(
            names and (is_struck_class(names) or not self.struck_classes.isdisjoint(names.split()))
        )

    def _is_menu(self, node: Any, tag: str, attributes: dict[str, str | None]) -> bool:
        """Tell a page's frame by its element or role, or by a menu's name and a text that is mostly links."""
        role = (attributes.get("role") or "").lower() if attributes else ""
        if role in _MENU_ROLES and tag not in ("body", "main"):
            return True
        if tag == "footer" and not self.content:
            return True
        named = tag in _FRAME_TAGS or bool(
            attributes and _MENU_WORDS.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}")
        )
        if not named or tag in ("body", "main", "form", "html") or self.checks >= _MAX_MENU_CHECKS:
            return False
        self.checks += 1
        return _is_mostly_links(node)


def _is_mostly_links(node: Any) -> bool:
    whole = len("".join((node.text(deep=True) or "").split()))
    links = sum(len("".join((link.text(deep=True) or "").split())) for link in node.css("a"))
    return whole > 0 and links * 2 >= whole


def _struck_classes(markup: str) -> frozenset[str]:
    """Class names that the page's own style sheet strikes through."""
    if "line-through" not in markup:
        return frozenset()
    names: set[str] = set()
    for sheet in re.findall(r"<style[^>]{0,300}>(.{0,200000}?)</style", markup, re.IGNORECASE | re.DOTALL):
        for selectors, body in _RULE.findall(sheet):
            if _LINE_THROUGH.search(body):
                for selector in selectors.split(","):
                    found = _CLASS_IN_SELECTOR.search(selector)
                    if found:
                        names.add(found.group(1))
    return frozenset(names)


def _flattened(markup: str) -> str | None:
    """Return `markup` without the tags beyond the depth limit; None when it needs no change."""
    if markup.count("<") < _MAX_DEPTH:
        return None
    depth = 0
    cuts: list[tuple[int, int]] = []
    for found in _TAG.finditer(markup):
        name = found.group(2).lower()
        if name in _VOID or name in _SELF_CLOSING:
            continue
        if found.group(1):
            depth -= depth > 0
            excess = depth >= _MAX_DEPTH
        else:
            depth += 1
            excess = depth > _MAX_DEPTH
        if excess:
            end = markup.find(">", found.end(), found.end() + 10_000)
            cuts.append((found.start(), end + 1 if end >= 0 else found.end()))
    if not cuts:
        return None
    parts: list[str] = []
    position = 0
    for start, end in cuts:
        if start >= position:
            parts.append(markup[position:start])
            position = end
    parts.append(markup[position:])
    return " ".join(parts)
