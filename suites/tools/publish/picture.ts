// node suites/tools/publish/picture.ts PAGE PICTURE: the top of a page as a PNG, for a README.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openBrowser } from '../../tests/selftest/browser.ts';

const [page = 'results/index.html', picture = 'results/page.png'] = process.argv.slice(2);
const browser = await openBrowser();
try {
  const view = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
  await view.goto(pathToFileURL(resolve(page)).href);
  await view.screenshot({ path: picture });
} finally {
  await browser.close();
}
