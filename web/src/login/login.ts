import { ApiError, type Api } from '../api/client.ts';
import { h, set } from '../ui/dom.ts';
import { icon, sprig } from '../ui/icons.ts';
import { reach } from '../services.ts';
import { words } from '../words/words.ts';
import { languages } from '../ui/languages.ts';

/** How long a session lasts. */
export const DAYS = 30;

export interface Login {
  readonly element: HTMLElement;
  /** Empties the form and puts the caret into it. `reason` says why the viewer must log in again. */
  open(reason?: string): void;
  /** Says what went wrong. */
  warn(text: string): void;
  /** Says why nobody can enter here now, in the place of the form. */
  shut(reason: string): void;
  /** Asks whether the link needs a password, and enters if it does not. */
  follow(): void;
}

/** The password screen. `entered` gets the target to which the server sends the viewer. */
export function login(
  api: Api,
  title: string,
  returnTo: () => string,
  entered: (target: string | null) => void,
  link: string | null = null,
): Login {
  const field = h('input', {
    id: 'password',
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
    autocapitalize: 'none',
    autocorrect: 'off',
    spellcheck: 'false',
    required: true,
    'aria-describedby': 'login-lead login-message',
  });
  const reveal = h('button', { type: 'button', class: 'reveal' });
  const submit = h('button', { type: 'submit', class: 'button button-primary' }, h('span', {}, words.login.enter));
  // A link may end sooner.
  const note = h('p', { class: 'login-note', hidden: link !== null }, words.login.stay(DAYS));
  const message = h('p', { id: 'login-message', class: 'login-message', role: 'alert' });
  const lead = h('p', { id: 'login-lead', class: 'login-lead' }, words.login.lead);
  const label = h('label', { for: 'password' }, words.login.password);
  const box = h('div', { class: 'password' }, field, reveal);
  const form = h(
    'form',
    { class: 'login-card', method: 'post', action: reach('/login'), novalidate: true },
    sprig(),
    h('h1', { dir: 'auto' }, title),
    lead,
    // Password managers store a password under a user name. The gallery has only one user.
    h('input', { type: 'text', name: 'username', value: title, autocomplete: 'username', hidden: true, readonly: true }),
    label,
    box,
    message,
    submit,
    note,
  );
  let waiting: ReturnType<typeof setInterval> | undefined;

  const show = (visible: boolean) => {
    field.type = visible ? 'text' : 'password';
    set(reveal, { 'aria-label': visible ? words.login.hide : words.login.show, 'aria-pressed': String(visible) });
    reveal.replaceChildren(icon(visible ? 'hide' : 'show'));
  };
  const say = (text: string, wrong: boolean) => {
    message.textContent = text;
    set(field, { 'aria-invalid': wrong ? 'true' : null });
    form.classList.toggle('refused', wrong);
  };
  const busy = (value: boolean) => {
    submit.disabled = value;
    field.readOnly = value;
    set(form, { 'aria-busy': String(value) });
  };

  reveal.addEventListener('click', () => {
    show(field.type === 'password');
    field.focus();
  });
  field.addEventListener('input', () => {
    if (waiting === undefined) say('', false);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    if (field.value === '') {
      say(words.login.empty, true);
      field.focus();
      return;
    }
    say('', false);
    busy(true);
    void attempt();
  });

  function shut(reason: string): void {
    set(lead, { role: 'alert' });
    lead.textContent = reason;
    for (const part of [label, box, message, submit, note]) part.hidden = true;
  }

  async function attempt(): Promise<void> {
    try {
      const target = await api.login(field.value, returnTo(), link);
      field.value = '';
      show(false);
      entered(target);
    } catch (error) {
      refuse(error);
    }
    if (waiting === undefined) busy(false);
  }

  function refuse(error: unknown): void {
    if (link !== null && error instanceof ApiError && error.status === 404) {
      shut(words.login.linkEnded);
    } else if (error instanceof ApiError && error.status === 401) {
      say(words.login.wrong, true);
      field.readOnly = false;
      field.select();
      field.focus();
    } else if (error instanceof ApiError && error.status === 429) {
      hold(error.retryAfter ?? 30);
    } else {
      const text = error instanceof Error ? error.message : words.errors.unknown;
      const id = error instanceof ApiError ? error.requestId : null;
      say(id === null ? text : words.errors.withRequest(text, id), false);
    }
  }

  /** The server asks for a pause: shows the remaining seconds, and then opens the form again. */
  function hold(seconds: number): void {
    let left = Math.ceil(seconds);
    const tick = () => {
      if (left > 0) {
        say(words.login.wait(left), false);
        left -= 1;
        return;
      }
      clearInterval(waiting);
      waiting = undefined;
      say('', false);
      busy(false);
      field.focus();
    };
    waiting = setInterval(tick, 1000);
    busy(true);
    tick();
  }

  async function follow(token: string): Promise<void> {
    busy(true);
    try {
      entered(await api.login('', returnTo(), token));
    } catch (error) {
      // A link with a password has not been refused: nobody was asked for it yet.
      if (!(error instanceof ApiError && error.status === 401)) refuse(error);
    }
    busy(false);
    field.focus();
  }

  show(false);
  return {
    shut,
    follow() {
      if (link !== null) void follow(link);
    },
    element: h('main', { class: 'login' }, form, languages()),
    open(reason = words.login.lead) {
      lead.textContent = reason;
      field.value = '';
      show(false);
      if (waiting === undefined) say('', false);
      field.focus();
    },
    warn(text) {
      say(text, false);
      field.focus();
    },
  };
}
