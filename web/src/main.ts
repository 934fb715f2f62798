import './old.ts';
import './styles/base.css';
import './styles/login.css';
import './styles/bar.css';
import './styles/grid.css';
import './styles/scrubber.css';
import './styles/viewer.css';
// Several parts that come later need these, and they are too small for requests of their own.
import './lightbox/caption.ts';
import './lightbox/toolbar.ts';
import './ui/modal.ts';
import './ui/sheet.ts';
import './cover/cover.css';
import { start } from './app.ts';
import { nothing } from './nothing.ts';
import { locate } from './services.ts';
import { h } from './ui/dom.ts';
import { speak, words } from './words/words.ts';

// The document of an address where there is nothing has no place for the gallery.
const root = document.getElementById('app');
const tell = (text: string) => document.body.append(h('p', { class: 'notice', role: 'alert' }, text));
locate(
  () => speak(() => (root ? start(root) : nothing(document.body))),
  ({ message }) => speak(() => tell(words.elsewhere.config(message))),
);
