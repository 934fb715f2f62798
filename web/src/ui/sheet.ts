/** Adds styles that came with a module. The content security policy lets scripts do this, but not style elements. */
export function adopt(css: string): void {
  if ('adoptedStyleSheets' in document) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets.push(sheet);
    return;
  }
  // Safari before 16.4. A rule is added at a time. This one holds all others, under no condition.
  const [own] = (document as Document).styleSheets;
  own?.insertRule(`@media{${css}}`, own.cssRules.length);
}
