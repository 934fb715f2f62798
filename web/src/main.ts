import './styles/base.css';
import './styles/login.css';
import './styles/grid.css';
import './styles/lightbox.css';
import { start } from './app.ts';
import { locate } from './services.ts';
import { h } from './ui/dom.ts';
import { speak, words } from './words/words.ts';

const root = document.getElementById('app') ?? document.body;
locate(
  () => speak(() => start(root)),
  (error) => speak(() => root.append(h('p', { class: 'notice', role: 'alert' }, words.elsewhere.config(error.message)))),
);
