/** What is known of the current item. It is loaded when somebody wants to know. */
import type { Details, Media } from '../api/types.ts';
import { h, set } from '../ui/dom.ts';
import { bytes, cameraName, clock, exposureName, pixels } from '../ui/format.ts';
import { words } from '../words/words.ts';
import { headline } from './caption.ts';

export interface Info {
  readonly element: HTMLElement;
  show(item: Media): void;
}

type Row = readonly [name: string, ...values: (string | Node)[]];

/** `details` asks for what the listing does not hold. */
export function info(details: (key: string) => Promise<Details>): Info {
  const list = h('dl');
  // A long list is scrolled by keyboard too.
  const element = h('div', { class: 'info', role: 'region', tabindex: 0, 'aria-label': words.info.title }, h('h3', {}, words.info.title), list);
  const known = new Map<string, Promise<Details | null>>();
  let shown = '';

  function ask(key: string): Promise<Details | null> {
    // Without an answer, there is less to say. It is asked again the next time.
    const asked = known.get(key) ?? details(key).catch(() => (known.delete(key), null));
    known.set(key, asked);
    return asked;
  }

  return {
    element,
    show(item) {
      shown = item.key;
      const fill = (more: Details | null) => list.replaceChildren(...rows(item, more).flatMap(drawn));
      fill(null);
      void ask(item.key).then((found) => shown === item.key && found && fill(found));
    },
  };
}

const drawn = ([name, ...values]: Row): Node[] => [h('dt', {}, name), h('dd', {}, ...values)];

/** The known facts, in reading order. */
export function rows(item: Media, more: Details | null): Row[] {
  const { info: of } = words;
  const camera = cameraName(item.camera);
  const { latitude = null, longitude = null, exposure = null } = more ?? {};
  const exposed = exposure === null ? '' : exposureName(exposure);
  const found: (Row | null)[] = [
    [of.taken, headline(item), sure(item)],
    camera === null ? null : [of.camera, camera],
    exposure?.lens ? [of.lens, h('bdi', {}, exposure.lens)] : null,
    exposed ? [of.exposure, h('bdi', {}, exposed)] : null,
    item.width && item.height ? [of.pixels, pixels(item.width, item.height)] : null,
    item.duration === null ? null : [of.length, clock(item.duration)],
    [of.bytes, bytes(item.size)],
    [of.file, h('bdi', {}, item.name)],
    latitude === null || longitude === null ? null : [of.place, ...map(latitude, longitude)],
  ];
  return found.filter((row) => row !== null);
}

/** How the date is known. */
function sure({ dateTaken, taken }: Media): Node | string {
  const { info: of } = words;
  if (dateTaken === null || taken === null || taken.source === 'ingest') return '';
  const guess = taken.source === 'name' ? of.byName : taken.source === 'file' ? of.byFile : of.guess;
  return h('small', {}, taken.guess ? guess : of.inFile);
}

/** Nobody else learns of the place until the viewer follows the link. */
function map(latitude: number, longitude: number): Node[] {
  const [lat, lon] = [latitude, longitude].map((degrees) => degrees.toFixed(5));
  const href = `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=15/${lat}/${lon}`;
  const link = h('a', { href, target: '_blank' }, words.info.map);
  set(link, { rel: 'noreferrer' });
  return [h('bdi', {}, `${lat}, ${lon}`), link];
}
