/** The gallery's own line icons: 24 px grid, 1.5 px strokes, drawn in the text's colour. */
const PATHS = {
  close: ['M6 6l12 12', 'M18 6L6 18'],
  previous: ['M14.5 5.5L8 12l6.5 6.5'],
  next: ['M9.5 5.5L16 12l-6.5 6.5'],
  download: ['M12 4v11', 'M7.5 11L12 15.5 16.5 11', 'M5 19.5h14'],
  leave: ['M14 5H7.5A1.5 1.5 0 006 6.5v11A1.5 1.5 0 007.5 19H14', 'M11 12h9', 'M16.8 8.6L20.2 12l-3.4 3.4'],
  show: ['M2.8 12S6.2 5.8 12 5.8 21.2 12 21.2 12 17.8 18.2 12 18.2 2.8 12 2.8 12z', 'M12 9.2a2.8 2.8 0 110 5.6 2.8 2.8 0 010-5.6z'],
  hide: [
    'M4 4l16 16',
    'M9.9 6.1A8.7 8.7 0 0112 5.8c5.8 0 9.2 6.2 9.2 6.2a16 16 0 01-2.9 3.6M6.4 7.7A15.6 15.6 0 002.8 12S6.2 18.2 12 18.200c1.6 0 3-.5 4.2-1.2',
    'M10.1 10.100a2.8 2.8 0 003.9 3.9',
  ],
  live: ['M12 9.500a2.5 2.5 0 110 5 2.5 2.5 0 010-5z', 'M12 6a6 6 0 110 12 6 6 0 010-12z', 'M12 2.700v.01M16.7 3.900v.01M20.1 7.300v.01M21.3 12v.01M20.1 16.700v.01M16.7 20.100v.01M12 21.300v.01M7.3 20.100v.01M3.9 16.700v.01M2.7 12v.01M3.9 7.300v.01M7.3 3.900v.01'],
  wide: ['M4 9V4.500h5', 'M15 4.500h5V9', 'M20 15v4.500h-5', 'M9 19.500H4V15'],
  narrow: ['M9 4.500V9H4', 'M20 9h-5V4.500', 'M15 19.500V15h5', 'M4 15h5v4.500'],
  info: ['M12 3.500a8.500 8.500 0 110 17 8.500 8.500 0 010-17z', 'M12 11v5', 'M12 7.900v.01'],
  share: ['M12 15V4', 'M8 7.500L12 3.700l4 3.800', 'M8.500 11H6.500v9h11v-9h-2'],
  slideshow: ['M4 5.500h16v11H4z', 'M10.300 8.300l4.200 2.700-4.200 2.700z', 'M9 20h6'],
  stop: ['M6 6h12v12H6z'],
  shuffle: ['M4 7h3.500l8.500 10H20', 'M4 17h3.500l2.300-2.700', 'M13.500 9.900L16 7h4', 'M17.800 4.800L20 7l-2.200 2.200', 'M17.800 14.800L20 17l-2.200 2.200'],
  down: ['M6.500 10l5.500 5.500 5.500-5.500'],
  check: ['M5.500 12.500l4.200 4.200 8.800-9.200'],
  select: ['M12 3.500a8.500 8.500 0 110 17 8.500 8.500 0 010-17z', 'M8.200 12.200l2.600 2.600 5-5.400'],
  heart: ['M12 19.800S4 15.200 4 9.700A4.200 4.200 0 0112 7.800 4.200 4.200 0 0120 9.700C20 15.200 12 19.800 12 19.800z'],
  picture: ['M4.5 5.500h15v13h-15z', 'M4.5 15.500l4.5-4.5 4 4 2.5-2.5 4 4', 'M15.5 9.200v.01'],
} as const;

export type LineIcon = keyof typeof PATHS;
export type IconName = LineIcon | 'play';

/** The lines of an icon, for who draws it without {@link icon}. */
export const linesOf = (name: LineIcon): readonly string[] => PATHS[name];

const SVG = 'http://www.w3.org/2000/svg';

function svg(viewBox: string, className: string): SVGSVGElement {
  const image = document.createElementNS(SVG, 'svg');
  image.setAttribute('viewBox', viewBox);
  image.setAttribute('class', className);
  image.setAttribute('aria-hidden', 'true');
  return image;
}

function path(d: string): SVGPathElement {
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', d);
  return line;
}

/** What points along the reading, and turns where lines run from right to left. */
const DIRECTED: ReadonlySet<IconName> = new Set<IconName>(['previous', 'next', 'leave']);

export const classOf = (name: IconName): string => (DIRECTED.has(name) ? 'icon icon-directed' : 'icon');

/** An icon is only a decoration. The control that contains it has the name. */
export function icon(name: IconName): SVGSVGElement {
  if (name === 'play') {
    const image = svg('0 0 24 24', 'icon icon-solid');
    image.append(path('M8.2 5.600a.9.9 0 011.4-.7l9 6.300a1 1 0 010 1.600l-9 6.300a.9.9 0 01-1.4-.7z'));
    return image;
  }
  return drawing(PATHS[name], classOf(name));
}

/** An icon from the paths of its lines. */
export function drawing(lines: readonly string[], className = 'icon'): SVGSVGElement {
  const image = svg('0 0 24 24', className);
  image.append(...lines.map(path));
  return image;
}

/** A sprig with seven leaves: the gallery's mark. */
export function sprig(): SVGSVGElement {
  const image = svg('0 0 96 32', 'sprig');
  const leaf = (x: number, y: number, length: number, turn: number) => {
    const outline = path(`M0 0C${length * 0.3} ${-length * 0.34} ${length * 0.75} ${-length * 0.3} ${length} 0C${length * 0.75} ${length * 0.3} ${length * 0.3} ${length * 0.34} 0 0z`);
    outline.setAttribute('transform', `translate(${x} ${y}) rotate(${turn})`);
    return outline;
  };
  const half = (mirror: boolean) => {
    const group = document.createElementNS(SVG, 'g');
    if (mirror) group.setAttribute('transform', 'translate(96 0) scale(-1 1)');
    group.append(
      path('M46 24C34 25 20 22 8 12'),
      leaf(38, 24, 11, -128),
      leaf(30, 23, 11, 148),
      leaf(27, 22, 11, -118),
      leaf(19, 18.5, 10, 158),
      leaf(17, 17.5, 10, -106),
      leaf(8.5, 12.3, 9, -140),
    );
    return group;
  };
  image.append(half(false), half(true));
  return image;
}
