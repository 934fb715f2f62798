import { linesOf, type LineIcon } from './icons.ts';

/** An icon in a component. It is only a decoration: the control that contains it has the name. */
export function Icon({ name }: { readonly name: LineIcon }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {linesOf(name).map((line) => (
        <path d={line} />
      ))}
    </svg>
  );
}
