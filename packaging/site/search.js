/* global document, window */
// Finds pages that hold all words that are typed; works from a file, asks nothing of the network.
const input = document.getElementById('search');
const found = document.getElementById('found');

function search() {
  const words = input.value
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const hits =
    words.length === 0 ? [] : window.PAGES.filter(({ text }) => words.every((word) => text.includes(word)));
  const inTitle = ({ title }) => Number(words.every((word) => title.toLowerCase().includes(word)));
  hits.sort((a, b) => inTitle(b) - inTitle(a));
  found.replaceChildren(
    ...hits.slice(0, 20).map(({ path, title }) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = document.body.dataset.top + path;
      link.textContent = title;
      item.append(link);
      return item;
    }),
  );
  found.hidden = words.length === 0;
}

input.addEventListener('input', search);
