/**
 * Control sequences of terminals (ECMA-48), as systemd and shells write them: strings with their content (OSC, DCS, SOS, PM,
 * APC), CSI, other escapes of two characters or more, and single ones. A string that does not end on its line keeps its
 * text: something else may have been written into it.
 */
const CONTROLS =
  // eslint-disable-next-line no-control-regex
  /\x1b[PX\]^_][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** What a terminal shows of a text, but for where it shows it. Ends of lines and tabs stay. */
export const shownText = (text: string): string => text.replaceAll(CONTROLS, '');
