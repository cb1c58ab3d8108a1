"""The rows of the example workbooks. Everything and everybody in them is invented."""

from __future__ import annotations

import datetime

Cell = str | int | float | bool | datetime.date | None

_TOPICS: tuple[tuple[str, str | None, str | None, int, str, str | None], ...] = (
    ("Heat pumps in old houses", "home owners", "practical", 900, "en", "Mention insulation first"),
    ("Reading a seed catalogue", "new gardeners", "friendly", 600, "en", None),
    ("Why sourdough fails in winter", "home bakers", "warm", 700, "en", "Editor wants a table of temperatures"),
    ("Choosing a first telescope under €300", None, "friendly", 800, "en", None),
    ("What a balance sheet does not say", "small business owners", "sober", 1100, "en", "Two worked examples"),
    ("Night trains across Europe", "travellers", "lively", 1000, "en", None),
    ("How lighthouses got their patterns", "general readers", "curious", 750, "en", "Pictures are ordered"),
    ("Repairing a bicycle chain on the road", "commuters", "practical", 500, "en", None),
    ("Lärm im Büro: was wirklich hilft", "Büroleitungen", "sachlich", 900, "de", None),
    ("The quiet return of fountain pens", None, "warm", 650, "en", None),
    ("Storing potatoes without a cellar", "home owners", "practical", 450, "en", "Sidebar: onions"),
    ("Understanding your first payslip", "school leavers", "plain", 700, "en", None),
    ("Swifts, swallows and martins", "bird watchers", "curious", 600, "en", None),
    ("What makes concrete crack", "general readers", None, 850, "en", "Ask Dr Halvorsen for a quote"),
    ("Planning a kitchen for two cooks", "home owners", "lively", 800, "en", None),
    ("A short history of the crossword", "general readers", "curious", 900, "en", None),
    ("Balkonkraftwerke: Anmeldung und Anschluss", "Mieter", "sachlich", 1000, "de", "Stand der Regeln prüfen"),
    ("Keeping bees in the city", "new bee keepers", "friendly", 950, "en", None),
    ("How to read a nutrition label", None, "plain", 500, "en", None),
    ("The mathematics of shuffling cards", "curious adults", "curious", 1200, "en", "No formulas above the fold"),
    ("Winter tyres, summer tyres, all-season tyres", "drivers", "practical", 700, "en", None),
    ("Learning to listen to string quartets", "concert goers", "warm", 850, "en", None),
    ("Le pain perdu, trois façons", "cuisiniers amateurs", "chaleureux", 500, "fr", None),
    ("Five knots worth knowing", "sailors and scouts", "practical", 600, "en", "Drawings by Ines"),
    ("Why the sea tastes of salt", "children from ten", "lively", 450, "en", None),
    ("Writing minutes that people read", "office staff", "plain", 550, "en", None),
    ("Composting in a flat", "city dwellers", "friendly", 600, "en", None),
    ("The economics of a corner shop", "small business owners", "sober", 1100, "en", "Figures from the trade body"),
    ("What orchestras do in summer", "concert goers", "curious", 700, "en", None),
    ("Choosing running shoes without hype", "runners", "plain", 650, "en", None),
    ("How bridges breathe", "general readers", "curious", 900, "en", "Link to the March issue"),
    ("A beginner's guide to film photography", None, "warm", 1000, "en", None),
    ("Reparieren statt wegwerfen: Toaster", "Bastler", "praktisch", 600, "de", None),
    ("The long way of a letter", "children from ten", "lively", 500, "en", None),
    ("Understanding noise-cancelling headphones", "commuters", None, 750, "en", None),
    ("Vegetables that like shade", "new gardeners", "friendly", 550, "en", "Only northern climates"),
    ("Small museums worth a detour", "travellers", "warm", 1200, "en", None),
    ("How weather forecasts became good", "general readers", "curious", 1000, "en", "Interview is in the folder"),
    ("Preparing for a power cut", "home owners", "sober", 700, "en", None),
    ("The art of the paper fold", "craft lovers", "lively", 600, "en", None),
)

ARTICLES: tuple[tuple[Cell, ...], ...] = tuple(
    (
        f"A-{101 + place}",
        topic,
        audience,
        tone,
        words,
        language,
        datetime.date(2026, 12, 1) + datetime.timedelta(days=place * 3 // 2),
        round(words * (0.32 if language == "en" else 0.36), 2),
        notes,
    )
    for place, (topic, audience, tone, words, language, notes) in enumerate(_TOPICS)
)

_LEADS: tuple[tuple[str, str, str, str, int | None, int | None, float | None, str, str, str | None], ...] = (
    ("Northwind Joinery", "Elin Sandberg", "Owner", "Sweden", 24, 3_100_000, 0.08, "Web form",
     "We plan our workshop on paper and lose two hours a day. Can your scheduler import from a spreadsheet?", None),
    ("Calder & Voss Logistics", "Tom Calder", "Head of Operations", "United Kingdom", 640, 92_000_000, 0.041, "Fair",
     "Met at the Leeds fair. Interested in dispatch planning for three depots, decision in Q1.", None),
    ("Bäckerei Obermaier", "Resi Obermaier", "Managing Director", "Germany", 58, 4_700_000, 0.02, "Referral",
     "Frau Lindner hat Sie empfohlen. Wir suchen etwas Einfaches für Schichtpläne.", None),
    ("Saltmarsh Energy", "Priya Nair", "VP Field Service", "Ireland", 1_900, 310_000_000, 0.183, "Web form",
     "Need offline mode and SSO. 400 technicians. Please send security documentation.", None),
    ("Quillfeather Press", "Jonas Ekdahl", "Editor", "Denmark", 9, None, None, "Newsletter",
     "Just curious what it costs for nine people.", None),
    ("Torrent Pumps", "Marta Kowalczyk", "Plant Manager", "Poland", 210, 28_500_000, -0.032, "Phone",
     "Called about the outage of their present tool; contract ends in March. Wants a pilot on one line.", None),
    ("Hillside Veterinary Group", "Dr Anna Brooks", "Practice Partner", "United Kingdom", 85, 9_800_000, 0.11,
     "Web form", "Could this do on-call rotas? Our present one is a WhatsApp group.", None),
    ("Ferro Minerals", "L. Okafor", "Procurement", "Nigeria", 4_200, 780_000_000, 0.067, "Tender",
     "RFP 2026-118 attached. Answers by 15 December.", None),
    ("Studio Halme", "Aino Halme", "Founder", "Finland", 3, 240_000, 0.4, "Newsletter",
     "Please remove me from your list.", "yes"),
    ("Brightwater Schools Trust", "Gareth Pugh", "Business Manager", "United Kingdom", 320, 17_400_000, 0.0, "Fair",
     "Cover planning for six schools. Budget is fixed until September.", None),
)  # fmt: skip

_MORE = (
    ("Alpenrose Hotels", "Nina Gruber", "Head of HR", "Austria", 260, 21_000_000, 0.052),
    ("Kestrel Avionics", "Dev Patel", "Production Lead", "United Kingdom", 480, 66_000_000, 0.094),
    ("Vrije Tuin Nurseries", "Bram de Wit", "Owner", "Netherlands", 34, 5_200_000, 0.013),
    ("Orchard Lane Dental", "Mei Lin", "Practice Manager", "Ireland", 22, 2_900_000, None),
    ("Ostara Foods", "Greta Nyström", "COO", "Sweden", 730, 118_000_000, 0.121),
    ("Puerto Azul Boatyard", "Iker Zabala", "Foreman", "Spain", 41, 3_800_000, -0.055),
    ("Hollis Print & Sign", "Fay Hollis", "Director", "United Kingdom", 17, None, 0.03),
    ("Meridian Labs", "Dr Samuel Adjei", "Lab Operations", "Ghana", 130, 12_600_000, 0.21),
    ("Castellan Security", "Rui Matos", "Regional Manager", "Portugal", 1_150, 74_000_000, 0.036),
    ("Lumen Theatre Company", "Odette Blanc", "Production Manager", "France", 64, 3_300_000, None),
    ("Greyfell Quarries", "Iain Murdoch", "Site Manager", "United Kingdom", 190, 31_000_000, -0.012),
    ("Pocket Robotics", "Yuki Mori", "CTO", "Japan", 52, 8_100_000, 0.62),
    ("Delta Cold Stores", "Hanneke Vos", "Planner", "Netherlands", 310, 44_000_000, 0.047),
    ("Mirador Clinics", "Lucía Herrero", "Head of Nursing", "Spain", 890, 97_000_000, 0.072),
    ("Finch & Daughters Removals", "Beth Finch", "Owner", "United Kingdom", 28, 2_200_000, 0.09),
    ("Aurora Fibre", "Kristján Jónsson", "Field Operations", "Iceland", 145, 26_000_000, 0.155),
)
_WORDS = (
    ("Web form", "How long does it take to set up for a team of our size? We would like to start in February."),
    ("Fair", "Short talk at the stand, wants a demo with real data, colleague from IT should join."),
    ("Referral", "Their sister company is a customer. Asked for the same terms."),
    ("Web form", "Is there an API? We would connect it with our payroll."),
    ("Phone", "Comparing three vendors. Price matters more than features, she said."),
    ("Newsletter", "Downloaded the guide to shift planning. No message."),
    ("Web form", "Does it work in Spanish and Portuguese? Our supervisors do not read English."),
    ("Fair", "Left a card. Interested in certificates and training records."),
)

LEADS: tuple[tuple[Cell, ...], ...] = tuple(
    (
        f"L-{2001 + place}",
        *company,
        datetime.date(2026, 9, 7) + datetime.timedelta(days=place * 7 // 3),
        source,
        message,
        stop,
    )
    for place, (*company, source, message, stop) in enumerate(
        (*_LEADS, *((*lead, *_WORDS[place % len(_WORDS)], None) for place, lead in enumerate(_MORE)))
    )
)

_TEXTS: tuple[tuple[str, str, str, int | None, str, str | None], ...] = (
    ("app.title", "All", "Shift planner", None, "no", "Product name: stays in English"),
    ("login.heading", "Sign in", "Welcome back", 24, "yes", None),
    ("login.email", "Sign in", "E-mail address", 24, "yes", None),
    ("login.password", "Sign in", "Password", 16, "yes", None),
    ("login.forgot", "Sign in", "Forgot your password?", 30, "yes", "Link below the button"),
    ("login.error", "Sign in",
     "That e-mail address and password do not belong together. Try again.", None, "yes", None),
    ("login.locked", "Sign in", "Too many attempts. Wait %d minutes, then try again.", None, "yes", "Keep %d"),
    ("plan.heading", "Plan", "This week", 18, "yes", None),
    ("plan.empty", "Plan", "Nobody is planned yet. Drag a name onto a day to begin.", None, "yes", None),
    ("plan.publish", "Plan", "Publish", 12, "yes", "Button. Everybody can see the plan afterwards"),
    ("plan.published", "Plan", "The plan is published. %s people were told.", None, "yes", "Keep %s"),
    ("plan.conflict", "Plan", "{name} is already planned at {time}.", None, "yes", "Keep the words in braces"),
    ("plan.copy", "Plan", "Copy from last week", 24, "yes", None),
    ("plan.undo", "Plan", "Undo", 10, "yes", None),
    ("plan.legend.off", "Plan", "Day off", 10, "yes", "Very little room"),
    ("plan.legend.sick", "Plan", "Sick", 8, "yes", "Very little room"),
    ("swap.heading", "Swap", "Swap a shift", 22, "yes", None),
    ("swap.ask", "Swap", "Ask {name} to take your shift on {day}?", None, "yes", "Keep the words in braces"),
    ("swap.sent", "Swap", "Your request is on its way.", 40, "yes", None),
    ("swap.refused", "Swap", "{name} cannot take this shift.", 48, "yes", "Polite, no blame"),
    ("hours.heading", "Hours", "Hours worked", 18, "yes", None),
    ("hours.total", "Hours", "Total", 8, "yes", None),
    ("hours.overtime", "Hours", "Overtime", 12, "yes", None),
    ("hours.export", "Hours", "Save as spreadsheet", 24, "yes", None),
    ("settings.language", "Settings", "Language", 14, "yes", None),
    ("settings.theme", "Settings", "Light or dark", 18, "yes", None),
    ("settings.delete", "Settings", "Delete my account and everything in it", None, "yes", "Must sound serious"),
    ("settings.delete.sure", "Settings", "This cannot be undone. Type DELETE to go on.", None, "yes", "DELETE stays"),
    ("legal.imprint", "Legal", "Imprint", None, "no", "Written by the lawyers"),
    ("legal.privacy", "Legal", "Privacy notice", None, "no", "Written by the lawyers"),
    ("error.network", "All", "No connection. Your changes are kept and sent later.", None, "yes", None),
    ("error.server", "All", "Something went wrong on our side. We have been told.", None, "yes", None),
)  # fmt: skip

TEXTS: tuple[tuple[Cell, ...], ...] = tuple(
    (key, screen, english, limit, wanted, datetime.date(2026, 10, 1) + datetime.timedelta(days=place % 9 * 4), note)
    for place, (key, screen, english, limit, wanted, note) in enumerate(_TEXTS)
)
