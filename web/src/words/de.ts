/** The page's words in German. They address nobody, so that guests of every age read them. */
import type { Words } from './en.ts';
import { counted, number, plain } from './locale.ts';

const daysLong = (n: number) => counted(n, { one: '# Tag', other: '# Tage' });
const signedOut = (days: number) =>
  `Die Anmeldung ist abgelaufen: Sie gilt ${daysLong(days)} lang, wenn sie nicht vorher beendet wird.`;

export const de: Words = {
  page: {
    loading: 'Wird geladen',
    language: 'Sprache',
    tryAgain: 'Noch einmal versuchen',
    close: 'Schließen',
    cancel: 'Abbrechen',
    download: 'Herunterladen',
    settings: 'Einstellungen',
    request: 'Anfrage',
    comma: ', ',
  },

  login: {
    lead: 'Diese Galerie ist privat. Bitte das erhaltene Passwort eingeben.',
    password: 'Passwort',
    show: 'Passwort anzeigen',
    hide: 'Passwort verbergen',
    enter: 'Galerie öffnen',
    stay: (days: number) => `Die Anmeldung gilt auf diesem Gerät ${daysLong(days)} lang.`,
    empty: 'Bitte das Passwort eingeben.',
    wrong: 'Das Passwort stimmt nicht. Bitte noch einmal versuchen.',
    linkEnded: 'Dieser Link gilt nicht mehr oder ist unvollständig. Bitte um einen neuen bitten.',
    wait: (seconds: number) => `Zu viele Versuche. Bitte noch ${number(seconds)} s warten.`,
    expired: (days: number) => `${signedOut(days)} Bitte das Passwort noch einmal eingeben.`,
    expiredLink: (days: number) =>
      `${signedOut(days)} Bitte das Passwort noch einmal eingeben oder den Link noch einmal öffnen.`,
    noCookie:
      'Der Browser hat das Cookie für die Anmeldung nicht behalten. ' +
      'Bitte Cookies für diese Seite erlauben und es noch einmal versuchen.',
    noCookieLink:
      'Der Browser hat das Cookie für die Anmeldung nicht behalten. ' +
      'Bitte Cookies für diese Seite erlauben und den Link noch einmal öffnen.',
  },

  header: {
    show: 'Anzeigen',
    all: 'Alles',
    photos: 'Fotos',
    films: 'Filme',
    favourites: 'Favoriten',
    albums: 'Alben',
    logout: 'Abmelden',
    logoutFailed: 'Das Abmelden ist nicht gelungen.',
    downloadNotOpened:
      'Der Download ließ sich nicht öffnen. Bitte die Verbindung prüfen und die Seite neu laden.',
  },

  select: {
    label: 'Auswahl',
    start: 'Auswählen',
    day: (day: string) => `${day} auswählen`,
    count: (n: number) => counted(n, { one: '# ausgewählt', other: '# ausgewählt' }),
    selected: 'ausgewählt',
    favourite: 'Favorit',
    clear: 'Auswahl beenden',
    download: 'Auswahl herunterladen',
    share: 'Auswahl teilen',
    like: 'Zu den Favoriten hinzufügen',
    unlike: 'Aus den Favoriten entfernen',
    failed: 'Nicht alles konnte ausgewählt werden. Bitte die Verbindung prüfen.',
    most: (n: number) => `Höchstens ${counted(n, { one: '# Element kann', other: '# Elemente können' })} ausgewählt werden.`,
  },

  favourites: {
    none: 'Noch keine Favoriten',
    how: 'Bilder auswählen und auf das Herz tippen.',
    stay:
      'Favoriten bleiben in diesem Browser. Manche Browser vergessen sie nach einer Woche ohne Besuch: ' +
      'Ein kopierter Link bewahrt sie.',
    share: 'Link kopieren',
    copied: 'Der Link wurde kopiert. Er zeigt diese Favoriten allen, die die Galerie sehen dürfen.',
    shared: 'Das sind Favoriten aus einem Link.',
    keep: 'Als meine behalten',
    kept: 'Jetzt auch unter den eigenen Favoriten.',
    lost: (n: number) => counted(n, { one: '# ist nicht mehr in der Galerie.', other: '# sind nicht mehr in der Galerie.' }),
  },

  scrubber: 'Zeit',

  grid: {
    label: 'Fotos und Filme',
    undated: 'Ohne Datum',
    news: 'Es gibt Neues',
    tryingAgain: (reason: string) => `${reason} Ein neuer Versuch läuft.`,
    noPhotos: 'Noch keine Fotos',
    noFilms: 'Noch keine Filme',
    nothing: 'Noch keine Fotos oder Filme',
    appear: 'Sie erscheinen hier, sobald sie hinzugefügt sind.',
    photos: (n: number) => counted(n, { one: '# Foto', other: '# Fotos' }),
    films: (n: number) => counted(n, { one: '# Film', other: '# Filme' }),
    items: (n: number) => counted(n, { one: '# Aufnahme', other: '# Aufnahmen' }),
    toGallery: 'Zur Galerie',
    itemGone: 'Dieses Bild ist nicht mehr in der Galerie.',
  },

  item: {
    photo: (name: string) => `Foto ${name}`,
    livePhoto: (name: string) => `Live-Foto ${name}`,
    film: (name: string) => `Film ${name}`,
  },

  dates: {
    unknown: 'Datum unbekannt',
    byName: (date: string) => `${date} (nach dem Dateinamen)`,
    byFile: (date: string) => `${date} (nach dem Dateidatum)`,
    guess: (date: string) => `${date} (geschätzt)`,
  },

  lightbox: {
    label: 'Bildbetrachter',
    role: 'Bildbetrachter',
    previous: 'Zurück',
    next: 'Weiter',
    downloadOriginal: 'Original herunterladen',
    downloadOf: (name: string) => `${name} herunterladen`,
    photoFailed: 'Dieses Foto ließ sich nicht laden.',
    photoUnknown: 'Fotos dieser Art kann ein Browser nicht zeigen.',
    live: 'Live',
    playClip: (name: string) => `Clip von ${name} abspielen`,
    clipOf: (name: string) => `Clip von ${name}`,
    playFilm: (name: string) => `${name} abspielen`,
  },

  viewer: {
    photo: (when: string) => `Foto: ${when}`,
    film: (when: string) => `Film: ${when}`,
    place: (at: number, of: number) => `${number(at)} von ${number(of)}`,
    zoomed: (percent: number) => `${number(percent)} %. Die Pfeiltasten bewegen das Bild, 0 zeigt es ganz.`,
    whole: 'Das Bild ist ganz zu sehen.',
    fullScreen: 'Vollbild',
    leaveFullScreen: 'Vollbild verlassen',
    filmsForbidden:
      'Der Dienst, der die Filme dieser Galerie abspielt, lässt diese Seite sie nicht lesen. Wem er gehört, kann es ' +
      'erlauben: ALLOWED_ORIGINS dieses Dienstes muss die Adresse dieser Seite nennen.',
    notOpened: 'Das ließ sich nicht öffnen. Bitte die Verbindung prüfen oder die Seite neu laden.',
  },

  info: {
    title: 'Informationen',
    taken: 'Aufgenommen',
    inFile: 'Das steht in der Datei selbst.',
    byName: 'Vermutet nach dem Dateinamen.',
    byFile: 'Vermutet nach dem Dateidatum.',
    guess: 'Vermutet.',
    camera: 'Kamera',
    lens: 'Objektiv',
    exposure: 'Belichtung',
    pixels: 'Größe',
    length: 'Länge',
    bytes: 'Dateigröße',
    file: 'Datei',
    place: 'Ort',
    map: 'Auf OpenStreetMap zeigen',
  },

  slideshow: {
    start: 'Diashow',
    stop: 'Diashow beenden',
    each: 'Zeit für jedes Bild',
    seconds: (n: number) => `${number(n)} s`,
    shuffled: 'Gemischt',
    runs: 'Die Diashow läuft. Wer weiterblättert, beendet sie.',
    over: 'Die Diashow ist beendet.',
  },

  share: {
    share: 'Teilen',
    copied: 'Der Link wurde kopiert.',
    again: 'Alles bereit. Bitte noch einmal auf „Teilen“ drücken.',
    failed: 'Das ließ sich nicht teilen. Die Adresse dieser Seite ist der Link.',
  },

  download: {
    prepare: 'Vorbereiten',
    preparing: 'Wird vorbereitet …',
    size: 'Größe',
    gallery: 'Die Galerie',
    originals: 'Originale',
    originalsHint: 'Die Dateien, wie sie ankamen, in voller Qualität.',
    screen: 'Bildschirmgröße',
    screenHint: (pixels: number) => `Kleinere Fotos mit höchstens ${plain(pixels)} Pixeln.`,
    screenHintFilms: (pixels: number) =>
      `Kleinere Fotos mit höchstens ${plain(pixels)} Pixeln. Filme bleiben, wie sie sind.`,
    files: (n: number) => counted(n, { one: '# Datei', other: '# Dateien' }),
    leftOut: (n: number) =>
      counted(n, {
        one: '# Aufnahme fehlt darin: Dieser Link gibt keine Originale heraus.',
        other: '# Aufnahmen fehlen darin: Dieser Link gibt keine Originale heraus.',
      }),
    nothing: 'Davon lässt sich nichts herunterladen.',
    inParts: (n: number) =>
      counted(n, {
        one: 'Die Dateien kommen in # Teil.',
        other: 'Die Dateien kommen in # Teilen, die einzeln gestartet werden.',
      }),
    part: (n: number, of: number) => `Teil ${number(n)} von ${number(of)}`,
    until: (time: string) =>
      `Der Browser zeigt, wie weit er ist. Was abgebrochen ist, lässt sich bis ${time} fortsetzen.`,
    downloadSize: (size: string) => `${size} herunterladen`,
    downloadAgain: 'Noch einmal herunterladen',
    handed: 'Der Browser hat übernommen.',
    downloadPart: (n: number, of: number) => `Teil ${number(n)} von ${number(of)} herunterladen`,
    downloadPartAgain: (n: number, of: number) => `Teil ${number(n)} von ${number(of)} noch einmal herunterladen`,
    again: 'Noch einmal',
    partHanded: (n: number, of: number) => `Der Browser hat Teil ${number(n)} von ${number(of)} übernommen.`,
  },

  film: {
    player: 'Player',
    onTelevision: 'Auf dem Fernseher',
    toTelevision: 'Auf einen Fernseher',
    volume: 'Lautstärke',
    seek: 'Stelle im Film',
    position: (at: string, of: string) => `${at} von ${of}`,
    play: 'Abspielen',
    pause: 'Anhalten',
    soundOn: 'Ton an',
    mute: 'Ton aus',
    subtitles: 'Untertitel',
    pip: 'Bild im Bild',
    fullScreen: 'Vollbild',
    leaveFullScreen: 'Vollbild verlassen',
    quality: 'Qualität',
    speed: 'Tempo',
    sound: 'Ton',
    chapter: 'Kapitel',
    chapterNumber: (n: number) => `Kapitel ${number(n)}`,
    normal: 'Normal',
    auto: 'Automatisch',
    autoNow: (quality: string) => `Automatisch (${quality})`,
    off: 'Aus',
    stopped: 'Der Film lädt nicht weiter. Bitte die Verbindung prüfen.',
    notLoaded: 'Der Film ließ sich nicht laden.',
    notLoadedWhy: (reason: string) => `Der Film ließ sich nicht laden (${reason}).`,
    notPlayed: (reason: string) => `Dieser Film lässt sich hier nicht abspielen (${reason}).`,
    unsupported: 'Dieser Browser kann Filme dieser Art nicht abspielen. Das Original lässt sich herunterladen.',
    playerNotLoaded: 'Der Player ließ sich nicht laden. Bitte die Verbindung prüfen oder die Seite neu laden.',
    forbidden:
      'Der Speicher dieser Galerie lässt diese Seite keine Filme lesen. Wem er gehört, kann es erlauben: ' +
      'Die CORS-Regeln des Buckets müssen die Adresse dieser Seite nennen.',
  },

  errors: {
    unknown: 'Etwas ist schiefgegangen.',
    unreachable: 'Die Galerie ist nicht erreichbar. Bitte die Verbindung prüfen.',
    answered: (status: string) => `Der Server hat mit ${status} geantwortet.`,
    notUnderstood: 'Die Antwort des Servers war nicht zu verstehen.',
    notUnderstoodWhy: (reason: string) => `Die Antwort des Servers war nicht zu verstehen: ${reason}.`,
    withRequest: (message: string, id: string) => `${message} (Anfrage ${id})`,
    ofType: {
      'checksums-missing':
        'Einige dieser Aufnahmen lassen sich noch nicht zusammen herunterladen. Wer die Galerie betreibt, kann das ' +
        'ändern. Bis dahin bitte die Dateien einzeln herunterladen.',
      'too-much': 'Das ist zu viel für einen Download. Bitte immer nur ein Album nehmen oder weniger auswählen.',
      'nothing-to-download': 'Hier gibt es nichts, was sich in dieser Größe herunterladen lässt.',
      'not-writable':
        'Hier lässt sich nichts zusammen herunterladen, weil die Galerie nicht in ihren Speicher schreiben darf. Wer ' +
        'die Galerie betreibt, kann das ändern.',
    },
    ofStatus: {
      400: 'Die Galerie hat die Anfrage nicht verstanden.',
      401: 'Bitte das Passwort eingeben.',
      403: 'Das ist hier nicht erlaubt.',
      404: 'Das ist nicht in der Galerie.',
      410: 'Das ist nicht mehr in der Galerie.',
      413: 'Das ist zu groß.',
      429: 'Das waren zu viele Anfragen. Bitte einen Moment warten.',
      500: 'In der Galerie ist etwas schiefgegangen.',
      502: 'Der Speicher der Galerie antwortet nicht, wie er soll. Bitte später noch einmal versuchen.',
      503: 'Die Galerie hat gerade viel zu tun. Bitte gleich noch einmal versuchen.',
      504: 'Die Galerie hat zu lange für die Antwort gebraucht. Bitte noch einmal versuchen.',
    },
  },

  cover: {
    label: 'Titelseite',
    open: 'Titelbild öffnen',
  },

  elsewhere: {
    unreachable:
      'Die Galerie ist nicht erreichbar. Bitte die Verbindung prüfen. Bleibt es dabei, kennt die Galerie die Adresse ' +
      'dieser Seite nicht: Wer sie betreibt, kann die Adresse in ALLOWED_ORIGINS eintragen.',
    noCookie:
      'Der Browser hat das Cookie für die Anmeldung nicht behalten. Diese Seite und die Galerie haben zwei Adressen, ' +
      'und Browser behalten das Cookie nur, wenn beide zu einer Website gehören, etwa photos.example.com und ' +
      'api.example.com. Das kann ändern, wer die Galerie betreibt.',
    config: (name) => `Die Seite ist nicht eingerichtet: ${name} ist nicht lesbar.`,
  },

  nothing: {
    title: 'Hier ist nichts',
    text: 'Unter dieser Adresse gibt es keine Seite der Galerie. Der Link ist vielleicht unvollständig oder veraltet.',
  },
};
