/**
 * What the demo's two tenants have written: a web shop and a museum guide. One string per line,
 * `key | English | Norwegian | German | French`; areas and sections are the lines above it. An empty text is not
 * translated yet. Umlauts, quotes and emoji are on purpose: they must come back as they were.
 */
const webShop = `
Storefront
  Home page
    home.title | Fresh from the harbour | Ferskt fra havna | Frisch aus dem Hafen | Tout droit du port
    home.welcome | Welcome back, {name}! | Velkommen tilbake, {name}! | Willkommen zurück, {name}! | Bon retour, {name} !
    home.offers | This week's offers | Ukens tilbud | Angebote der Woche | Les offres de la semaine
    home.delivery | Delivered to your door by 6 pm 🚲 | Levert på døra før kl. 18 🚲 | Bis 18 Uhr an die Tür geliefert 🚲 | Livré chez vous avant 18 h 🚲
    home.newsletter | One letter a month, no more | Ett brev i måneden, ikke mer | Ein Brief im Monat, mehr nicht | Une lettre par mois, pas plus
  Product page
    product.price | Price per kilo | Pris per kilo | Preis pro Kilo | Prix au kilo
    product.origin | Caught off {place} | Fisket utenfor {place} | Gefangen vor {place} | Pêché au large de {place}
    product.soldout | Sold out, back on {date} | Utsolgt, tilbake {date} | Ausverkauft, wieder da am {date} | Épuisé, de retour le {date}
    product.smoked | Smoked trout | Røkt ørret | Geräucherte Forelle | Truite fumée
    product.crab | Dressed crab 🦀 | Renset krabbe 🦀 | Ausgelöster Krebs 🦀 | Crabe décortiqué 🦀
  Search
    search.hint | What are you looking for? | Hva leter du etter? | Wonach suchen Sie? | Que cherchez-vous ?
    search.none | Nothing found for "{query}" | Fant ingenting for «{query}» | Nichts gefunden für „{query}“ | Aucun résultat pour « {query} »
    search.filter | Only what is in stock | Bare det som er på lager | Nur Vorrätiges | Seulement ce qui est en stock
Checkout
  Basket
    basket.title | Your basket | Handlekurven din | Ihr Warenkorb | Votre panier
    basket.empty | It's empty. The fish is waiting 🐟 | Den er tom. Fisken venter 🐟 | Er ist leer. Der Fisch wartet 🐟 | Il est vide. Le poisson attend 🐟
    basket.remove | Take it out | Ta den ut | Herausnehmen | Retirer
    basket.total | Total, VAT included | Sum, inkludert mva. | Summe einschließlich MwSt. | Total, TVA comprise
  Payment
    payment.choose | How would you like to pay? | Hvordan vil du betale? | Wie möchten Sie bezahlen? | Comment voulez-vous payer ?
    payment.refused | The card was refused. Nothing was charged. | Kortet ble avvist. Ingenting er trukket. | Die Karte wurde abgelehnt. Nichts wurde abgebucht. | La carte a été refusée. Rien n'a été débité.
    payment.done | Thank you! Order {number} is on its way. | Takk! Bestilling {number} er på vei. | Danke! Bestellung {number} ist unterwegs. | Merci ! La commande {number} est en route.
  Delivery
    delivery.slot | Choose a time | Velg et tidspunkt | Zeitfenster wählen | Choisir un créneau
    delivery.island | Islands: add one day ⛴️ | Øyer: én dag ekstra ⛴️ | Inseln: ein Tag mehr ⛴️ | Îles : un jour de plus ⛴️
    delivery.note | A note for the driver | Beskjed til sjåføren | Hinweis für den Fahrer |
    delivery.thanks | See you on Thursday | Vi sees på torsdag | Bis Donnerstag |
`;

const museumGuide = `
Audio guide
  Start
    start.title | The City Museum in an hour | Bymuseet på en time | Das Stadtmuseum in einer Stunde | Le musée de la ville en une heure
    start.language | Choose your language | Velg språk | Sprache wählen | Choisissez votre langue
    start.headphones | Headphones, please 🎧 | Bruk hodetelefoner 🎧 | Bitte Kopfhörer benutzen 🎧 | Avec un casque, s'il vous plaît 🎧
    start.children | Shorter tour for children | Kortere rute for barn | Kürzere Runde für Kinder | Parcours plus court pour les enfants
  Ground floor
    ground.boat | The oldest boat, about 1180 | Den eldste båten, ca. 1180 | Das älteste Boot, um 1180 | Le plus ancien bateau, vers 1180
    ground.rope | Rope, tar and walrus hide | Tau, tjære og hvalrosshud | Tauwerk, Teer und Walrosshaut | Corde, goudron et peau de morse
    ground.fire | The great fire of 1904 🔥 | Bybrannen i 1904 🔥 | Der große Stadtbrand von 1904 🔥 | Le grand incendie de 1904 🔥
    ground.model | Touch the model, it is made for it | Ta på modellen, den er laget for det | Das Modell darf berührt werden | Touchez la maquette, elle est faite pour cela
  Upper floor
    upper.painter | A painter's room | Et malerværelse | Die Stube eines Malers | La chambre d'un peintre
    upper.letter | "Dear mother, the herring has come." | «Kjære mor, silda er kommet.» | „Liebe Mutter, der Hering ist da.“ | « Chère mère, le hareng est arrivé. »
    upper.loom | The loom still works | Vevstolen virker ennå | Der Webstuhl läuft noch | Le métier à tisser marche encore
    upper.view | Look out of the window: the view of 1880 | Se ut av vinduet: utsikten fra 1880 | Blick aus dem Fenster: die Aussicht von 1880 | Regardez par la fenêtre : la vue de 1880
Visit
  Opening hours
    hours.week | Tuesday to Sunday, 10 to 17 | Tirsdag til søndag, 10–17 | Dienstag bis Sonntag, 10–17 Uhr | Du mardi au dimanche, de 10 h à 17 h
    hours.monday | Closed on Mondays | Stengt på mandager | Montags geschlossen | Fermé le lundi
    hours.night | Museum night: open until midnight 🌙 | Museumsnatt: åpent til midnatt 🌙 | Museumsnacht: bis Mitternacht geöffnet 🌙 | Nuit des musées : ouvert jusqu'à minuit 🌙
  Tickets
    tickets.adult | Adults | Voksne | Erwachsene | Adultes
    tickets.child | Under 18: free | Under 18 år: gratis | Unter 18 Jahren: frei | Moins de 18 ans : gratuit
    tickets.group | Groups of ten or more | Grupper på ti eller flere | Gruppen ab zehn Personen | Groupes à partir de dix personnes
    tickets.year | Year card: come as often as you like | Årskort: kom så ofte du vil | Jahreskarte: so oft Sie möchten | Carte annuelle : autant de visites que vous voulez
  Café
    cafe.menu | Today's soup | Dagens suppe | Tagessuppe | Soupe du jour
    cafe.waffles | Waffles with brown cheese 🧇 | Vafler med brunost 🧇 | Waffeln mit Braunkäse 🧇 | Gaufres au fromage brun 🧇
    cafe.allergy | Ask us about allergens | Spør oss om allergener | Fragen Sie uns nach Allergenen |
    cafe.thanks | Thank you for your visit | Takk for besøket | Vielen Dank für Ihren Besuch | Merci de votre visite
`;

export const translatedInto = ['nb', 'de', 'fr'] as const;

export interface DemoProject {
  name: string;
  areas: { name: string; sections: { name: string; strings: DemoString[] }[] }[];
}

export interface DemoString {
  key: string;
  source: string;
  /** In the order of `translatedInto`; an empty text is not translated yet. */
  translations: string[];
}

export const demoUsers = [
  { email: 'ingrid@shop.example', name: 'Ingrid Sjøberg', projects: [{ project: 1, role: 'admin' }] },
  { email: 'juergen@shop.example', name: 'Jürgen Weiß', projects: [{ project: 1, role: 'member' }] },
  { email: 'amelie@museum.example', name: 'Amélie Roux', projects: [{ project: 2, role: 'admin' }] },
  {
    email: 'tor@words.example',
    name: "Tor O'Neill",
    projects: [
      { project: 1, role: 'member' },
      { project: 2, role: 'member' },
    ],
  },
];

/** In the order of their ids, from 1. */
export const demoProjects: readonly DemoProject[] = [
  { name: 'Harbour web shop', areas: read(webShop) },
  { name: 'City Museum guide', areas: read(museumGuide) },
];

function read(text: string): DemoProject['areas'] {
  const areas: DemoProject['areas'] = [];
  for (const line of text.split('\n').filter((part) => part.trim() !== '')) {
    const depth = line.search(/\S/);
    const name = line.trim();
    if (depth === 0) areas.push({ name, sections: [] });
    else if (depth === 2) areas.at(-1)?.sections.push({ name, strings: [] });
    else {
      const [key = '', source = '', ...translations] = line.split('|').map((part) => part.trim());
      areas.at(-1)?.sections.at(-1)?.strings.push({ key, source, translations });
    }
  }
  return areas;
}
