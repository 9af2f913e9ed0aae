// The program of the page, put into it as it stands (see ../document.ts). It filters rows that are there already and
// shows stories that are there already: it asks nothing of the network. The address behind `#` holds all of its state.
(() => {
  'use strict';

  /**
   * A subject; it may have a row in each table.
   * @typedef {object} Row
   * @property {string} subject
   * @property {string} index of its stories
   * @property {DOMStringMap} data
   * @property {string} text what the search looks at, in lower case
   * @property {{ element: HTMLTableRowElement, cells: HTMLTableCellElement[], claims: string[] }[]} parts
   */

  const tables = [...document.querySelectorAll('table.cells')].filter(
    (table) => table instanceof HTMLTableElement,
  );
  if (tables.length === 0) return;
  const form = /** @type {HTMLFormElement} */ (document.getElementById('filters'));
  const shown = /** @type {HTMLOutputElement} */ (document.getElementById('shown'));
  const none = /** @type {HTMLElement} */ (document.getElementById('none'));
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('story'));
  const title = /** @type {HTMLElement} */ (document.getElementById('story-title'));
  const body = /** @type {HTMLElement} */ (document.getElementById('story-body'));
  /** @type {Map<string, Row>} */
  const bySubject = new Map();
  for (const table of tables) {
    const claims = [...(table.tHead?.rows[0]?.cells ?? [])].slice(1).map((cell) => cell.textContent ?? '');
    for (const element of table.tBodies[0]?.rows ?? []) {
      const subject = element.cells[0]?.title ?? '';
      const row = bySubject.get(subject) ?? {
        ...{ subject, index: element.dataset['s'] ?? '', data: element.dataset },
        ...{ text: subject.toLowerCase(), parts: [] },
      };
      const cells = [...element.cells].slice(1);
      row.parts.push({ element, cells, claims });
      for (const cell of cells)
        row.text += ` ${cell.dataset['c'] ?? ''} ${cell.querySelector('a')?.title ?? ''}`.toLowerCase();
      bySubject.set(subject, row);
    }
  }
  const rows = [...bySubject.values()];

  /** @returns {URLSearchParams} */
  function state() {
    return new URLSearchParams(location.hash.slice(1));
  }

  /** @param {URLSearchParams} next */
  function go(next) {
    const hash = next.toString();
    // A new entry for each story, so that Back closes it; filters replace.
    const opens = next.get('cell') !== null && state().get('cell') === null;
    history[opens ? 'pushState' : 'replaceState'](
      null,
      '',
      hash === '' ? location.pathname + location.search : `#${hash}`,
    );
    apply();
  }

  function fromForm() {
    const next = new URLSearchParams();
    const fields = new FormData(form);
    for (const name of ['q', 'image', 'variant', 'platform', 'claim', 'cause', 'changed']) {
      const value = String(fields.get(name) ?? '').trim();
      if (value !== '') next.set(name, value);
    }
    const verdicts = fields.getAll('verdict').map(String);
    if (verdicts.length > 0) next.set('verdict', verdicts.join(','));
    const cell = state().get('cell');
    if (cell !== null) next.set('cell', cell);
    go(next);
  }

  /** @param {URLSearchParams} now */
  function toForm(now) {
    for (const element of form.elements) {
      if (element instanceof HTMLInputElement && element.type === 'checkbox') {
        element.checked = (now.get(element.name) ?? '').split(',').includes(element.value);
      } else if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement) {
        const value = now.get(element.name) ?? '';
        // A space at the end is on its way to a second word.
        if (element.value.trim() !== value) element.value = value;
      }
    }
  }

  /**
   * @param {URLSearchParams} now
   * @returns {(cell: HTMLTableCellElement, claim: string) => boolean}
   */
  function cellFilter(now) {
    const verdicts = (now.get('verdict') ?? '').split(',').filter((each) => each !== '');
    const [claim, cause, changed] = [now.get('claim'), now.get('cause'), now.get('changed')];
    return (cell, own) =>
      (verdicts.length === 0 || verdicts.some((verdict) => cell.classList.contains(`v-${verdict}`))) &&
      (claim === null || claim === own) &&
      (cause === null || (cell.dataset['c'] ?? '').split(' ').includes(cause)) &&
      (changed === null || cell.dataset['d'] !== undefined);
  }

  /** The filters that the rows were last shown by; opening a cell leaves them as they are. */
  let applied = '?';

  function apply() {
    const now = state();
    const filters = new URLSearchParams(now);
    filters.delete('cell');
    if (filters.toString() !== applied) {
      applied = filters.toString();
      toForm(now);
      filter(now);
    }
    story(now.get('cell'));
  }

  /** @param {URLSearchParams} now */
  function filter(now) {
    const words = (now.get('q') ?? '')
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const byCell = ['verdict', 'claim', 'cause', 'changed'].some((name) => now.get(name) !== null);
    const fits = cellFilter(now);
    const [image, variant, platform] = [now.get('image'), now.get('variant'), now.get('platform')];
    let count = 0;
    for (const { data, text, parts } of rows) {
      const visible =
        words.every((word) => text.includes(word)) &&
        (image === null || data['i'] === image) &&
        (variant === null || data['n'] === variant) &&
        (platform === null || data['p'] === platform);
      let any = false;
      for (const { element, cells, claims } of parts) {
        const fitting = cells.map(
          (cell, at) => !byCell || (cell.classList.length > 0 && fits(cell, claims[at] ?? '')),
        );
        cells.forEach((cell, at) => cell.classList.toggle('dim', fitting[at] !== true));
        element.hidden = !visible || !fitting.includes(true);
        any ||= !element.hidden;
      }
      if (any) count += 1;
    }
    for (const table of tables) {
      const empty = [...(table.tBodies[0]?.rows ?? [])].every(({ hidden }) => hidden);
      table.closest('section')?.toggleAttribute('hidden', empty);
    }
    shown.textContent = count === rows.length ? `${count} subjects` : `${count} of ${rows.length} subjects`;
    none.hidden = count > 0;
  }

  /** @param {string | null} id `subject claim` */
  function story(id) {
    if (id === null) {
      if (dialog.open) dialog.close();
      return;
    }
    const place = placeOf(id);
    const claim = place?.claim ?? '';
    const block = place === null ? null : document.getElementById(`s${place.row.index}`);
    /** @type {{ twins: string, stories: Record<string, string> }} */
    const { twins, stories } =
      block === null ? { twins: '', stories: {} } : JSON.parse(block.textContent ?? '');
    title.textContent = place === null ? id : `${place.row.subject} · ${claim}`;
    // Every value in it was escaped when the page was made; the page's policy runs no program of it anyway.
    body.innerHTML = Object.hasOwn(stories, claim)
      ? (stories[claim] ?? '')
      : '<p class="alarm">There is no such cell.</p>';
    const slot = body.querySelector('.twins');
    if (slot !== null) slot.innerHTML = twins;
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    title.focus();
  }

  function close() {
    const next = state();
    const id = next.get('cell');
    next.delete('cell');
    go(next);
    if (id !== null) linkOf(id)?.focus();
  }

  /**
   * Which row and claim `subject claim` is; null when there is none. Either may hold spaces.
   * @param {string} id
   */
  function placeOf(id) {
    for (const row of rows) {
      const start = `${row.subject} `;
      const claim = id.slice(start.length);
      if (!id.startsWith(start)) continue;
      for (const { cells, claims } of row.parts) {
        const cell = cells[claims.indexOf(claim)];
        if (cell !== undefined) return { row, claim, cell };
      }
    }
    return null;
  }

  /** @param {string} id */
  function linkOf(id) {
    return placeOf(id)?.cell.querySelector('a') ?? null;
  }

  /**
   * Arrows move from cell to cell, over what is hidden.
   * @param {HTMLElement} from
   * @param {string} key
   */
  function move(from, key) {
    const cell = from.closest('td');
    const row = cell?.closest('tr');
    if (cell === null || cell === undefined || row === null || row === undefined) return false;
    /** @type {Record<string, [number, number]>} */
    const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
    const [down, across] = steps[key] ?? [0, 0];
    const all = tables.flatMap((table) => [...(table.tBodies[0]?.rows ?? [])]);
    let at = all.indexOf(row);
    let column = cell.cellIndex;
    for (;;) {
      at += down;
      column += across;
      const target = column < 1 ? undefined : all[at]?.cells[column];
      if (target === undefined) return true;
      const link = target.querySelector('a');
      if (link === null || all[at]?.hidden === true) continue;
      link.focus();
      return true;
    }
  }

  form.addEventListener('input', fromForm);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', (event) => {
    event.preventDefault();
    go(new URLSearchParams());
  });
  document.getElementById('clear')?.addEventListener('click', () => go(new URLSearchParams()));
  document.getElementById('close')?.addEventListener('click', close);
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) close();
  });
  window.addEventListener('hashchange', apply);
  window.addEventListener('popstate', apply);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const hash = link?.getAttribute('href') ?? '';
    if (link === null || !hash.startsWith('#') || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const asked = new URLSearchParams(hash.slice(1));
    const next = state();
    for (const [name, value] of asked) next.set(name, value);
    if (asked.size === 0) return;
    event.preventDefault();
    go(next);
  });
  document.addEventListener('keydown', (event) => {
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const typing = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    if (event.key === '/' && !typing && !dialog.open) {
      event.preventDefault();
      /** @type {HTMLElement | null} */ (form.querySelector('[name=q]'))?.focus();
    } else if (event.key.startsWith('Arrow') && !typing && !dialog.open && move(target, event.key)) {
      event.preventDefault();
    }
  });
  apply();
})();
