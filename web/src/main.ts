import './old.ts';
import './styles/base.css';
import './styles/login.css';
import './styles/bar.css';
import './styles/grid.css';
import './styles/scrubber.css';
import './styles/lightbox.css';
// Several parts that come later need it, and it is too small for a request of its own.
import './ui/sheet.ts';
import { start } from './app.ts';
import { nothing } from './nothing.ts';
import { speak } from './words/words.ts';

// The document of an address where there is nothing has no place for the gallery.
const root = document.getElementById('app');
speak(() => (root ? start(root) : nothing(document.body)));
