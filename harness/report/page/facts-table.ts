import { type Html, markup } from './html.ts';

/**
 * A table that scrolls where the window is narrower.
 * @param label what it is, for those who hear the page
 * @param heads text of its columns, in their order
 * @param fit `wide` for cells of running text
 */
export function factsTable(
  label: string,
  heads: readonly string[],
  rows: readonly Html[],
  fit: 'narrow' | 'wide' = 'narrow',
): Html {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table class="${fit === 'wide' ? 'facts wide' : 'facts'}">
      <thead>
        <tr>
          ${heads.map((head) => markup`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
