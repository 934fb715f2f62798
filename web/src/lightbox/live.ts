import { h, set } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { words } from '../words/words.ts';

/** The clip of a live photo. It is played over the photo, and goes when it ends. */
export interface Live {
  readonly button: HTMLButtonElement;
  play(): void;
  toggle(): void;
  stop(): void;
}

/** `lost` is called when the clip did not come, or broke off. */
export function live(frame: HTMLElement, clip: string, name: string, lost: () => void): Live {
  const button = h('button', { type: 'button', class: 'live' }, icon('live'), words.lightbox.live);
  let video: HTMLVideoElement | null = null;
  describe();

  function describe(): void {
    set(button, { 'aria-label': `${words.lightbox.live}: ${words.lightbox.playClip(name)}`, 'aria-pressed': String(video !== null) });
  }

  function play(): void {
    if (video) return;
    const created = h('video', { class: 'live-clip', playsinline: true, src: clip, 'aria-label': words.lightbox.clipOf(name) });
    video = created;
    created.addEventListener('playing', () => created.classList.add('live-shown'));
    created.addEventListener('ended', stop);
    created.addEventListener('error', () => {
      stop();
      lost();
    });
    frame.append(created);
    // A browser may allow sound only after a click. It then plays without.
    created.play().catch(() => {
      created.muted = true;
      created.play().catch(stop);
    });
    describe();
  }

  function stop(): void {
    if (!video) return;
    const gone = video;
    video = null;
    gone.pause();
    gone.remove();
    // The download of what is left ends.
    gone.removeAttribute('src');
    gone.load();
    describe();
  }

  function toggle(): void {
    if (video) stop();
    else play();
  }

  button.addEventListener('click', toggle);
  return { button, play, toggle, stop };
}
