// Texts whose contrast with what lies behind them is below `least`, each with its contrast.
(least) => {
  const rgba = (text) => {
    const numbers = text.match(/[\d.]+/g).map(Number);
    const scale = text.startsWith("color(") ? 255 : 1;
    return [...numbers.slice(0, 3).map((n) => n * scale), numbers[3] ?? 1];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const luminance = (color) => {
    const [r, g, b] = color.slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const parent = (element) => element.parentElement ?? element.getRootNode().host;
  const ancestors = function* (element) {
    for (let at = element; at; at = parent(at)) yield at;
  };
  const background = (element) => {
    const layers = [...ancestors(element)].map((at) => rgba(getComputedStyle(at).backgroundColor)).reverse();
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const opacity = (element) =>
    [...ancestors(element)].reduce((product, at) => product * Number(getComputedStyle(at).opacity), 1);
  const elements = function* (root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* elements(element.shadowRoot);
    }
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const counts = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    element.getBoundingClientRect().width > 1 &&
    !["STYLE", "SCRIPT"].includes(element.tagName) &&
    ![...ancestors(element)].some((at) => at.matches(":disabled, [aria-hidden=true], [data-testid=stIconMaterial]"));
  return [...elements(document.body)].filter(hasText).filter(counts).flatMap((element) => {
    const behind = background(element);
    const [r, g, b, a] = rgba(getComputedStyle(element).color);
    const found = contrast(over([r, g, b, a * opacity(element)], behind), behind);
    return found < least ? [`${found.toFixed(2)} ${element.textContent.trim().slice(0, 60)}`] : [];
  });
}
