import { Events, type default as Hls, type MediaPlaylist } from 'hls.js';

/**
 * Shows the subtitles that hls.js reads. hls.js would add `track` elements with `data:` URLs, which the policy of the
 * page forbids.
 */
export function showSubtitles(hls: Hls, video: HTMLVideoElement): void {
  const shown = new Map<string, { readonly track: TextTrack; readonly cues: Set<string> }>();
  const idOf = ({ groupId, name, lang = '' }: MediaPlaylist) => `${groupId} ${name} ${lang}`;

  hls.on(Events.CUES_PARSED, (_, { cues, subtitleTrack }) => {
    if (!subtitleTrack) return;
    const { name, lang } = subtitleTrack;
    const id = idOf(subtitleTrack);
    let own = shown.get(id);
    if (!own) {
      own = { track: video.addTextTrack('subtitles', name, lang), cues: new Set() };
      shown.set(id, own);
      select();
    }
    for (const cue of cues as VTTCue[]) {
      // After a seek, the same file is read again.
      const known = `${cue.startTime} ${cue.endTime} ${cue.text}`;
      if (own.cues.has(known)) continue;
      own.cues.add(known);
      own.track.addCue(cue);
    }
  });
  hls.on(Events.SUBTITLE_TRACK_SWITCH, select);

  function select(): void {
    const chosen = hls.subtitleTracks[hls.subtitleTrack];
    const id = chosen && idOf(chosen);
    for (const [each, { track }] of shown) track.mode = each === id ? 'showing' : 'hidden';
  }
}
