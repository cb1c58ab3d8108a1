"""The rows of the gallery's workbooks: products, tickets, mails, minutes, comments. Everybody in them is invented."""

from __future__ import annotations

import datetime

Cell = str | int | float | bool | datetime.date | None
Rows = tuple[tuple[Cell, ...], ...]


def _day(month: int, day: int) -> datetime.date:
    return datetime.date(2026, month, day)


PRODUCTS: Rows = (
    ("P-100", "Harbour rain jacket", "Clothing",
     "waterproof to 10,000 mm; taped seams; hood folds into the collar; 420 g", "recycled polyester",
     "people who cycle to work", 89.0, "English", 90),
    ("P-101", "Linnet desk lamp", "Lighting", "LED 6 W; three warm tones; arm turns 270 degrees; cable 1.8 m",
     "aluminium", "students", 49.5, "English", 80),
    ("P-102", "Pan No. 3", "Kitchen", "28 cm; oven-proof to 250 °C; works on induction; handle stays cool",
     "cast iron", None, 64.0, "English", 90),
    ("P-103", "Kleiner Werkzeugkasten", "Werkzeug",
     "32 Teile; Schraubendreher mit Bits; Wasserwaage 20 cm; Koffer aus Blech", "Stahl", "die erste Wohnung", 39.9,
     "German", 90),
    ("P-104", "Sparrow notebook A5", "Paper",
     "160 pages, dotted; thread-bound, lies flat; 100 g/m²; pocket in the back", "paper, linen cover",
     "people who plan by hand", 14.0, "English", 70),
    ("P-105", "Fjord wool blanket", "Home", "130 × 180 cm; washable at 30 °C; woven in Portugal", "pure new wool",
     None, 110.0, "English", 80),
    ("P-106", "Trail bottle 0.7 l", "Outdoor", "keeps cold 18 h; cup lid; fits bicycle holders; 310 g",
     "stainless steel", "hikers", 27.5, "English", 70),
    ("P-107", "Pocket radio R2", "Electronics", "FM and DAB+; 14 h with one charge; hand crank; lamp", None,
     "power cuts and camping", 58.0, "English", 90),
    ("P-108", "Garden kneeler", "Garden", "foldable; carries 150 kg; foam 4 cm thick; side pocket for tools",
     "steel, foam", "gardeners with sore knees", 42.0, "English", 80),
    ("P-109", "Bento box Duo", "Kitchen", "two tiers, 1.2 l; tight lids; dishwasher-safe; fork in the lid",
     "beech, steel", "offices without a canteen", 34.0, "English", 80),
    ("P-110", "Couteau d'office", "Cuisine", "lame de 9 cm; acier trempé; manche en olivier; fabriqué à Thiers",
     "acier, olivier", "cuisiniers amateurs", 31.0, "French", 80),
    ("P-111", "Chalk bag Loop", "Sport", "drawstring with one hand; brush holder; belt included", None, "climbers",
     19.0, "English", 60),
    ("P-112", "Night light Moon", "Children", "warm light 0.5 W; off after 30 min by itself; USB-C", "silicone",
     "children from three", 24.0, "English", 70),
    ("P-113", "Market bag XL", "Bags", "carries 18 kg; 32 l; folds into its own pocket; long handles",
     "organic cotton", None, 12.5, "English", 60),
)  # fmt: skip

TICKETS: Rows = (
    ("T-7001", "Charged twice in October", "M. Lindqvist", "e-mail", _day(11, 2),
     "You took the October fee on the 1st and again on the 3rd. Please send one of the two back."),
    ("T-7002", "App does not start", "Jonas Reuter", "chat", _day(11, 2),
     "Since the update the app closes at once on my tablet. I have ten people in the field who cannot see "
     "their shifts. NOW."),
    ("T-7003", "How do I add a second site?", "Priya S.", "e-mail", _day(11, 2),
     "We open in Cork next month. Where do I enter the second address? No hurry."),
    ("T-7004", "Terminal arrived broken", "Café Ostara", "phone", _day(11, 3),
     "The box was open and the screen has a crack. We need it for Saturday."),
    ("T-7005", "Invoice without VAT number", "Accounts, Calder & Voss", "e-mail", _day(11, 3),
     "Our VAT number is missing on invoice 2026-1187. Please send it again, we close the month on Friday."),
    ("T-7006", "Wo finde ich den Export?", "R. Obermaier", "chat", _day(11, 3),
     "Ich suche seit einer halben Stunde den Knopf für Excel."),
    ("T-7007", "Third time I ask", "H. Brandt", "e-mail", _day(11, 4),
     "I wrote on 20 and on 27 October about the wrong overtime. Nobody answers. I am about to cancel all 40 "
     "seats."),
    ("T-7008", "Parcel at the wrong address", "Bram de Wit", "e-mail", _day(11, 4),
     "DHL says delivered, my neighbour has nothing, and neither have I."),
    ("T-7009", "Thank you", "Mei Lin", "e-mail", _day(11, 4), "Just to say that the new calendar is lovely."),
    ("T-7010", "Notifications come at night", "S. Adjei", "chat", _day(11, 5),
     "Three of my staff got the shift reminder at 3:10 in the morning."),
    ("T-7011", "Price for 12 more people", "Hollis Print & Sign", "phone", _day(11, 5),
     "What would twelve more seats cost from January, and is there a discount for the year?"),
    ("T-7012", "Locked out", "Nina Gruber", "chat", _day(11, 5),
     "I typed the wrong password five times and payroll is due today at 16:00."),
    ("T-7013", "Data protection", "Works council", "e-mail", _day(11, 6),
     "Please send us the list of your sub-processors and where the data is kept."),
    ("T-7014", "Sync is slow", "Kestrel Avionics", "e-mail", _day(11, 6),
     "It takes about ten minutes until a change shows on the phones. It used to be seconds."),
    ("T-7015", "Wrong size of badge holders", "Lumen Theatre", "e-mail", _day(11, 6),
     "We ordered 86 × 54 mm and got 90 × 60. 200 pieces. How do we send them back?"),
    ("T-7016", "?", None, "chat", _day(11, 6), "hello is somebody there"),
)  # fmt: skip

MAILS: Rows = (
    ("M-01", "einkauf@obermaier.example", _day(11, 2),
     "Guten Tag, bitte liefern Sie uns 40 Sack Roggenmehl Type 1150 zu je 18,90 € bis zum 9. November an "
     "unsere Backstube, Mühlgasse 4, 94032 Passau. Danke, R. Obermaier"),
    ("M-02", "tom@calder-voss.example", _day(11, 2),
     "Hi, we'd take 12 of the pallet scanners at £219 each if you can have them in Leeds by the 20th. Depot "
     "3, Unit 7, Aire Road. Tom"),
    ("M-03", "fay@hollis.example", _day(11, 3),
     "What do you charge for 500 vinyl banners, 2 by 1 metres? Just asking for now."),
    ("M-04", "compras@puertoazul.example", _day(11, 3),
     "Necesitamos 6 hélices de bronce, modelo B-14, 340 euros la unidad como la última vez. Entrega en el "
     "muelle 2, Bermeo, antes de fin de mes."),
    ("M-05", "anna@hillside-vets.example", _day(11, 3),
     "Please send another 3 boxes of the nitrile gloves (M). Same price as before, same address, no rush."),
    ("M-06", "stores@greyfell.example", _day(11, 4),
     "PO 5512: qty 2, drill head DH-90, 1,480.00 GBP each. Deliver to the quarry gate, Greyfell, weekday "
     "mornings only. Needed by 18 Nov."),
    ("M-07", "office@lumen.example", _day(11, 4),
     "Bonjour, il nous faut 24 gélatines bleues (ref. 119) pour le 12 novembre, théâtre Lumen, 8 rue des "
     "Arts, Lyon. Vous aviez dit 7,50 € pièce."),
    ("M-08", "yuki@pocket-robotics.example", _day(11, 4),
     "We confirm 150 units of servo SV-3 at USD 11.20. Ship to Pocket Robotics, 2-4-1 Minato, Osaka. Any time "
     "in December."),
    ("M-09", "no-reply@newsletter.example", _day(11, 5),
     "Black week: everything 30 % off! Click here. Unsubscribe below."),
    ("M-10", "hanneke@deltacold.example", _day(11, 5),
     "Can you add 5 more door curtains to yesterday's order? Price as agreed, 129 euro. Delivery together "
     "with the rest."),
    ("M-11", "mark@ostara-foods.example", _day(11, 6),
     "Order: 1,200 jars 370 ml with lids, 0.42 EUR. By 1 December to Hall C, Industrivägen 9, Malmö. Please "
     "confirm by return."),
    ("M-12", "lucia@mirador.example", _day(11, 6), "The last delivery was two chairs short. When do they come?"),
)  # fmt: skip

_MINUTES = (
    ("Team meeting", "Shift planning, week 45", _day(11, 3), "the area manager",
     "Present: Nina, Dev, Mei, Rui. Nina opened at 9:05. The autumn roster left 14 shifts open, most of them "
     "on Saturdays. Dev said that the new rule of two free weekends a month makes it impossible with 22 "
     "people. After some discussion it was agreed to hire three part-timers for Saturdays, with a budget of "
     "€2,400 a month until March. Mei writes the advert by Wednesday. Rui asked again for the rota to be "
     "published two weeks ahead; everybody agrees, it starts with week 47. The broken terminal in Porto was "
     "mentioned, but nobody knows whether it was reported."),
    ("Report", "Pilot in the Leeds depot", _day(10, 30), "the board",
     "The pilot ran for six weeks with 48 drivers. Planning time fell from 11 hours a week to 4. Late starts "
     "fell from 9.2 % to 6.1 %, though the school holidays fell into the second half and may explain part of "
     "it. Drivers under 30 used the app daily; of the older ones a third still phones in. Two incidents: a "
     "double booking on 9 October and a night without sync on 17 October. The depot manager wants to go on; "
     "the union asks for a rule on messages outside working hours before that."),
    ("Letter", "Complaint about noise", _day(11, 1), None,
     "Since your extension opened in August, lorries have been loading before six in the morning on at least "
     "four days a week. My children wake up. I rang twice and was told that somebody would call me back; "
     "nobody did. I have kept a list, which I enclose. I do not want a voucher. I want loading to begin at "
     "seven, as your permit says, and I will go to the council on the 20th if it does not."),
    ("Interview", "Why she left, exit talk", _day(10, 27), "HR",
     "She was with us for four years, the last two as shift lead. She likes the people and would come back "
     "for them. What made her look around was that the roster changed four times in one month, each time by a "
     "message in the evening. She asked for training in payroll in spring and never heard of it again. The "
     "new place pays about the same. She suggests that one person, not three, should be allowed to change a "
     "published roster."),
    ("Minutes", "Works council and management", _day(11, 5), "all staff",
     "Item 1: Overtime in the warehouse, 1,310 hours in October against 760 a year ago. Management puts it "
     "down to the move; the council doubts it. A joint count will be made for November. Item 2: Cameras at "
     "the loading bay. Decided: no sound, storage 72 hours, access only for two named persons. Item 3: The "
     "canteen closes over New Year; a voucher of €8 a day was agreed. Item 4: Home office for planners was "
     "put off to the December meeting."),
    ("Article", "What sleep research says on night work", _day(9, 14), "shift planners",
     "Night work is easier to bear when shifts rotate forwards, from early to late to night, than backwards. "
     "Series of more than three nights make accidents more likely; the risk in the fourth night is about a "
     "third above that of the first. Naps of twenty minutes help more than coffee towards the end of a shift. "
     "What helps most is to know the plan early: in one study of 1,900 nurses, a notice of four weeks instead "
     "of one was worth as much to their sleep as one night fewer a month."),
    ("E-mail thread", "Who orders the new tablets?", _day(11, 4), None,
     "Dev: we need 12 tablets for the vans before Christmas, the old ones will not take the update. Accounts: "
     "whose cost centre? Dev: operations, I think. Nina: no, this was in the project's budget, I have it in "
     "writing from May. Accounts: the project was closed in September. Nina: then operations. Dev: fine, but "
     "I need a yes by Friday, the offer of £189 each ends then. Accounts: yes from us if Nina signs. Nina: "
     "signed."),
    ("Report", "Customer survey, third quarter", _day(10, 12), "the product team",
     "412 of 2,900 customers answered. 71 % would recommend us, after 68 % in spring. Praise goes to the "
     "calendar and to support by phone. Complaints: the export (61 mentions), prices for small teams (44), "
     "and missing Spanish (39). Customers with fewer than ten staff are the least content; they say that they "
     "pay for functions that they do not need. Nobody mentioned the new start page."),
)  # fmt: skip

MINUTES: Rows = tuple((place, *row) for place, row in enumerate(_MINUTES, 1))

REWRITES: Rows = (
    ("R-1", "Commencing on 1 December the reception will be relocated to the 2nd floor owing to refurbishment "
     "measures.", "visitors", "plain and friendly", "shorter", "relocate, owing"),
    ("R-2", "ur invoice is overdue, pay until friday or we stop the service!!", "a good customer", "polite and firm",
     None, None),
    ("R-3", "The device must under no circumstances be operated by persons not having taken note of the present "
     "instructions.", "people who rent the tool for a day", "clear", "half as long", None),
    ("R-4", "Wir bedauern, Ihnen mitteilen zu müssen, dass Ihrer Bewerbung nicht entsprochen werden kann.",
     "Bewerber", "warm, ohne Floskeln", None, "leider, bedauern"),
    ("R-5", "Our solution leverages best-in-class synergies to empower shift-based organisations on their journey.",
     "owners of small firms", "down to earth", "one sentence", "solution, leverage, empower, journey"),
    ("R-6", "The museum has 3 floors. It opens at 10. Tickets are €9. Children pay nothing. There is a café.",
     "families", "lively", None, None),
    ("R-7", "It is requested that employees refrain from leaving unwashed crockery in the sink.", "colleagues",
     "humorous", "about the same", None),
    ("R-8", "The patient should be advised that the examination may be associated with a sensation of pressure.",
     "patients", "calm and honest", None, "sensation"),
    ("R-9", "We had an outage on 17 October from 01:10 to 05:40 UTC. Root cause was an expired certificate. 212 "
     "customers.", "customers", "open, without excuses", "three sentences", "root cause"),
    ("R-10", "Grounds maintenance operatives will undertake leaf clearance Mon–Wed. Vehicles to be removed.",
     "neighbours", "friendly", None, "operatives, undertake"),
    ("R-11", "This course covers pivot tables, Power Query and charts in 6 hours; prior knowledge: formulas.",
     "office staff", "inviting", "two sentences", None),
    ("R-12", "No refunds.", "guests of a small theatre", "kind, but clear", "two sentences", None),
)  # fmt: skip

_OFFER = "software for planning shifts in firms with 20 to 2,000 people"
RESEARCH: Rows = tuple(
    (company, city, industry, website, notes, _OFFER)
    for company, city, industry, website, notes in (
        ("Northwind Joinery", "Uppsala", "joinery", "northwind-joinery.example", "24 people, two workshops"),
        ("Calder & Voss Logistics", "Leeds", "logistics", "calder-voss.example",
         "three depots; decision in the first quarter"),
        ("Saltmarsh Energy", "Galway", "energy services", "saltmarsh.example",
         "1,900 people, 400 technicians on the road"),
        ("Torrent Pumps", "Gdańsk", "machines", None, "their contract for the present tool ends in March"),
        ("Hillside Veterinary Group", "Bristol", "veterinary care", "hillside-vets.example",
         "on-call rotas by chat so far"),
        ("Brightwater Schools Trust", "Exeter", "schools", "brightwater.example", None),
        ("Alpenrose Hotels", "Innsbruck", "hotels", "alpenrose.example",
         "seasonal: 260 people in winter, 120 in summer"),
        ("Ostara Foods", "Malmö", "food", None, "third shift since September"),
        ("Meridian Labs", "Accra", "laboratories", "meridian-labs.example", None),
        ("Lumen Theatre Company", None, "theatre", "lumen.example", "irregular evenings, many freelancers"),
        ("Delta Cold Stores", "Rotterdam", "warehouses", "deltacold.example", "grew by a new hall this year"),
        ("Mirador Clinics", "Sevilla", "hospitals", "mirador.example", "890 people; asks for Spanish"),
    )
)  # fmt: skip

_CYCLE, _FERRY, _TREES = "New cycle lane on Harbour Street", "Ferry prices go up by 8 %", "Council fells 14 plane trees"
COMMENTS: Rows = (
    ("C-1", _CYCLE, "Marlene", "At last! I have waited twelve years for this."),
    ("C-2", _CYCLE, "rudi_58", "Whoever thought of this lane is an idiot and should be kept away from pencils."),
    ("C-3", _CYCLE, "Kit", "The junction with Mill Road is still dangerous. Has anybody asked the school?"),
    ("C-4", _CYCLE, "bestdeals24", "Cheap e-bikes, 70 % off, only today: bestdeals24.example"),
    ("C-5", _FERRY, None,
     "Eight per cent, for a ship that breaks down every second week. Wonderful. Thank you so much."),
    ("C-6", _FERRY, "islander", "I know where the director lives, 14 Quay Lane, red door. Let's tell him in person."),
    ("C-7", _FERRY, "Tove", "Commuters pay for the tourists once more. When does the council publish the figures?"),
    ("C-8", _FERRY, "J. P.", "My cat has kittens, three of them are still free."),
    ("C-9", _TREES, "Anselm", "These trees were ill. I am a gardener and have seen the fungus myself."),
    ("C-10", _TREES, "oak",
     "People from that part of town have never cared for anything green, it is in their blood."),
    ("C-11", _TREES, "Ruth", "Schade. Kann man die Stämme wenigstens für Bänke verwenden?"),
    ("C-12", _TREES, "x", "you will be sorry for this, all of you"),
    ("C-13", _TREES, "Ines", "The mayor lied about the survey. It is dated after the decision: see page 3."),
    ("C-14", _CYCLE, "Bo", "lol"),
)  # fmt: skip

QUALITY: Rows = (
    ("Q-1", "home owners", "to help decide",
     "A heat pump takes warmth from the air outside and brings it into the house. Below minus ten it needs "
     "more power, which the annual figures of most makers do not show. Ask for the figure at minus seven."),
    ("Q-2", "guests", "to inform",
     "Breakfast is served between 7 and 10. On Sunday's breakfast is until 11. Please be aware that breakfast "
     "end at this times."),
    ("Q-3", None, "to sell",
     "The best lamp ever made! You will never want another one. Everybody loves it. Buy it now, now, now."),
    ("Q-4", "patients", "to calm",
     "The examination takes ten minutes. You lie on your back and hear a loud knocking; that is the machine, "
     "and it does not touch you. You can stop at any time by pressing the ball in your hand."),
    ("Q-5", "staff", "to instruct",
     "In the event of an occurrence of a fire the undersigned is to be notified by the person having first "
     "become aware thereof."),
    ("Q-6", "children from ten", "to explain",
     "Why is the sea salty? Rain washes tiny bits of salt out of the rocks, rivers carry them to the sea, and "
     "when the water evaporates the salt stays behind. That has gone on for a very long time."),
    ("Q-7", "customers", "to apologise",
     "We apologise for any inconvenience that may have been caused. Your satisfaction is our highest priority."),
    ("Q-8", "investors", "to report",
     "Revenue rose by 12 % to 4.1 million. Without the one-off order from Leeds it would have been 3 %. We "
     "expect a flat first half, since two large customers move to yearly invoices."),
    ("Q-9", "hikers", "to warn",
     "The path is closed. It is dangerous. There is another path. It is longer. Take it."),
    ("Q-10", "applicants", "to invite",
     "We are eleven people who repair musical instruments. You would begin with woodwinds. We eat lunch "
     "together, and we teach you what you do not know yet."),
    ("Q-11", "buyers", "to describe", "Table, wood, nice, 120 x 80, some scratch's, price can be talked about."),
    ("Q-12", "neighbours", "to inform",
     "From Monday to Wednesday we mow the bank behind your gardens, between eight and four. It will be loud. "
     "The mown reeds stay until Friday, because frogs live in them."),
)  # fmt: skip
