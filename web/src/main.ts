import './old.ts';
import './styles/base.css';
import './styles/login.css';
import './styles/grid.css';
import './styles/lightbox.css';
import { start } from './app.ts';
import { speak } from './words/words.ts';

speak(() => start(document.getElementById('app') ?? document.body));
