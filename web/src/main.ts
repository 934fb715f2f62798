import './styles/base.css';
import './styles/login.css';
import './styles/bar.css';
import './styles/grid.css';
import './styles/lightbox.css';
import { start } from './app.ts';

start(document.getElementById('app') ?? document.body);
