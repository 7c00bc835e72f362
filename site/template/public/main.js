// What the pages of docfx's template keep from people who hear them or use keys only (axe-core's findings). The template builds its navigation
// in the browser, so it is mended when it is there.
function mend() {
  document.getElementById('logo')?.setAttribute('alt', '')
  for (const nav of document.querySelectorAll('nav:not([aria-label])'))
    nav.setAttribute('aria-label', { autocollapse: 'Site', toc: 'Pages', affix: 'On this page', breadcrumb: 'Where this is' }[nav.id] ?? 'More')
  for (const toggle of document.querySelectorAll('a.dropdown-toggle')) {
    toggle.setAttribute('role', 'button')
    toggle.setAttribute('tabindex', '0')
  }
  for (const heading of document.querySelectorAll('.affix h5')) {
    heading.setAttribute('role', 'heading')
    heading.setAttribute('aria-level', '2')
  }
  for (const code of document.querySelectorAll('pre > code')) if (code.scrollWidth > code.clientWidth) code.setAttribute('tabindex', '0')
}

export default {
  start() {
    new MutationObserver(mend).observe(document.body, { childList: true, subtree: true })
    mend()
  },
}
