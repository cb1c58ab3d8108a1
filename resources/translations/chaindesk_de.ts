<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name></name>
    <message>
        <source>

1 row is under way: its call is cancelled, and the row goes back to pending.</source>
        <translation>

1 Zeile ist unterwegs: ihr Aufruf wird abgebrochen, und sie ist wieder offen.</translation>
    </message>
    <message>
        <source>

The changes in {unsaved} are not saved, and would be lost.</source>
        <translation>

Die Änderungen in {unsaved} sind nicht gespeichert und gingen verloren.</translation>
    </message>
    <message>
        <source>

{rows} submitted: their batch jobs go on, and bring their answers later.</source>
        <translation>

{rows} eingereicht: Ihre Batch-Aufträge laufen weiter und bringen die Antworten später.</translation>
    </message>
    <message>
        <source>

{under_way} rows are under way: their calls are cancelled, and they go back to pending.</source>
        <translation>

{under_way} Zeilen sind unterwegs: ihre Aufrufe werden abgebrochen, und sie sind wieder offen.</translation>
    </message>
    <message>
        <source> (and {messages} more)</source>
        <translation> (und {messages} weitere)</translation>
    </message>
    <message>
        <source> (and {notices} more)</source>
        <translation> (und {notices} weitere)</translation>
    </message>
    <message>
        <source> (and {problems} more)</source>
        <translation> (und {problems} weitere)</translation>
    </message>
    <message>
        <source> At the end at most {n} calls may be made and paid for twice.</source>
        <translation> Am Ende können höchstens {n} Aufrufe doppelt gemacht und bezahlt werden.</translation>
    </message>
    <message>
        <source> At the end {n} call may be made and paid for twice.</source>
        <translation> Am Ende kann {n} Aufruf doppelt gemacht und bezahlt werden.</translation>
    </message>
    <message>
        <source> But {key_variable} is set, and comes first.</source>
        <translation> Aber {key_variable} ist gesetzt und geht vor.</translation>
    </message>
    <message>
        <source> Checks and votes: likely {likely} more calls, at most {most}.</source>
        <translation> Prüfungen und Stimmen: wahrscheinlich {likely} weitere Aufrufe, höchstens {most}.</translation>
    </message>
    <message>
        <source> Collect it by {time}.</source>
        <translation> Holen Sie es bis {time} ab.</translation>
    </message>
    <message>
        <source> No price is known for {unknown_prices}.</source>
        <translation> Kein Preis ist bekannt für {unknown_prices}.</translation>
    </message>
    <message>
        <source> Of its budget {budget} is left.</source>
        <translation> Von seinem Budget sind {budget} übrig.</translation>
    </message>
    <message>
        <source> Rows that fail, or whose provider is away, ask {models}.</source>
        <translation> Zeilen, die scheitern oder deren Anbieter nicht da ist, fragen {models}.</translation>
    </message>
    <message>
        <source> The next try is at {until}.</source>
        <translation> Der nächste Versuch ist um {until}.</translation>
    </message>
    <message>
        <source> They were told to end.</source>
        <translation> Sie sollen enden.</translation>
    </message>
    <message>
        <source> What could not be read is asked for again by a run, and nothing else.</source>
        <translation> Was nicht zu lesen war, fragt ein Lauf noch einmal, und sonst nichts.</translation>
    </message>
    <message>
        <source> and </source>
        <translation> und </translation>
    </message>
    <message>
        <source> and run {id} in figures</source>
        <translation> und Lauf {id} in Zahlen</translation>
    </message>
    <message>
        <source> and {rows} more</source>
        <translation> und {rows} weitere</translation>
    </message>
    <message>
        <source> before the change</source>
        <translation> vor der Änderung</translation>
    </message>
    <message>
        <source> of {budget}</source>
        <translation> von {budget}</translation>
    </message>
    <message>
        <source> {n} of the rows are approved: they get new answers, to be reviewed again.</source>
        <translation> {n} der Zeilen sind angenommen: sie bekommen neue Antworten und sind wieder zu prüfen.</translation>
    </message>
    <message>
        <source> {n} of the rows is approved: it gets a new answer, to be reviewed again.</source>
        <translation> {n} der Zeilen ist angenommen: sie bekommt eine neue Antwort und ist wieder zu prüfen.</translation>
    </message>
    <message>
        <source> {rows} had no answer to review.</source>
        <translation> {rows} hatten keine Antwort zu prüfen.</translation>
    </message>
    <message>
        <source>&quot;{model}&quot; answered with an empty text. Reword the prompt, or choose another model.</source>
        <translation>„{model}“ hat mit einem leeren Text geantwortet. Formulieren Sie den Prompt um, oder wählen Sie ein anderes Modell.</translation>
    </message>
    <message>
        <source>&quot;{model}&quot; reached its output limit before it wrote anything, most likely by thinking. Raise the step&apos;s max_output_tokens or lower its reasoning_effort.</source>
        <translation>„{model}“ hat die Ausgabegrenze erreicht, ehe es etwas schrieb, wohl durch Nachdenken. Erhöhen Sie max_output_tokens des Schritts, oder senken Sie reasoning_effort.</translation>
    </message>
    <message>
        <source>&quot;{model}&quot; wrote its reasoning and no answer. Lower the step&apos;s reasoning_effort, raise its max_output_tokens, or choose another model.</source>
        <translation>„{model}“ hat seine Überlegung geschrieben und keine Antwort. Senken Sie reasoning_effort des Schritts, erhöhen Sie max_output_tokens, oder wählen Sie ein anderes Modell.</translation>
    </message>
    <message>
        <source>&quot;{strip}&quot; is no sum in US dollars. Write one such as 5 or 2.50, or none for no limit.</source>
        <translation>„{strip}“ ist keine Summe in US-Dollar. Schreiben Sie eine wie 5 oder 2.50, oder keine für keine Grenze.</translation>
    </message>
    <message>
        <source>&amp;1  Left is better</source>
        <translation>&amp;1  Links ist besser</translation>
    </message>
    <message>
        <source>&amp;2  The same</source>
        <translation>&amp;2  Gleich gut</translation>
    </message>
    <message>
        <source>&amp;3  Right is better</source>
        <translation>&amp;3  Rechts ist besser</translation>
    </message>
    <message>
        <source>&amp;About ChainDesk</source>
        <translation>Ü&amp;ber ChainDesk</translation>
    </message>
    <message>
        <source>&amp;Approve</source>
        <translation>&amp;Annehmen</translation>
    </message>
    <message>
        <source>&amp;Between the cells</source>
        <translation>Z&amp;wischen den Zellen</translation>
    </message>
    <message>
        <source>&amp;Bug report…</source>
        <translation>&amp;Fehlermeldung…</translation>
    </message>
    <message>
        <source>&amp;Clear this filter</source>
        <translation>Diesen Filter &amp;wegnehmen</translation>
    </message>
    <message>
        <source>&amp;Columns</source>
        <translation>&amp;Spalten</translation>
    </message>
    <message>
        <source>&amp;Commands…</source>
        <translation>&amp;Befehle…</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>&amp;Vergleichen</translation>
    </message>
    <message>
        <source>&amp;Copy the picture</source>
        <translation>Bild &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Copy the rows</source>
        <translation>Zeilen &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Delimiter</source>
        <translation>&amp;Trennzeichen</translation>
    </message>
    <message>
        <source>&amp;Edit chain…</source>
        <translation>Kette bea&amp;rbeiten…</translation>
    </message>
    <message>
        <source>&amp;Edit the output</source>
        <translation>Ausgabe &amp;bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Encoding</source>
        <translation>&amp;Kodierung</translation>
    </message>
    <message>
        <source>&amp;Export workbook…</source>
        <translation>Arbeitsmappe &amp;exportieren…</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Filter…</source>
        <translation>&amp;Filtern…</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>&amp;Suchen</translation>
    </message>
    <message>
        <source>&amp;Folder</source>
        <translation>&amp;Ordner</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>&amp;Format</translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>&amp;Go on after a review</source>
        <translation>Nach einem Urteil &amp;weitergehen</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Hide “{column}”</source>
        <translation>„{column}“ &amp;verbergen</translation>
    </message>
    <message>
        <source>&amp;History of the output</source>
        <translation>&amp;Geschichte der Ausgabe</translation>
    </message>
    <message>
        <source>&amp;History…</source>
        <translation>&amp;Verlauf…</translation>
    </message>
    <message>
        <source>&amp;Keep</source>
        <translation>&amp;Behalten</translation>
    </message>
    <message>
        <source>&amp;Key</source>
        <translation>&amp;Schlüssel</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>&amp;Keys…</source>
        <translation>&amp;Schlüssel…</translation>
    </message>
    <message>
        <source>&amp;Large reading view</source>
        <translation>&amp;Leseansicht</translation>
    </message>
    <message>
        <source>&amp;Name of each file</source>
        <translation>&amp;Name jeder Datei</translation>
    </message>
    <message>
        <source>&amp;New chain…</source>
        <translation>&amp;Neue Kette…</translation>
    </message>
    <message>
        <source>&amp;Next row</source>
        <translation>&amp;Nächste Zeile</translation>
    </message>
    <message>
        <source>&amp;One line a row</source>
        <translation>&amp;Eine Zeile Text</translation>
    </message>
    <message>
        <source>&amp;Open workbook…</source>
        <translation>&amp;Arbeitsmappe öffnen…</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>&amp;Previous row</source>
        <translation>&amp;Vorige Zeile</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Reject</source>
        <translation>Ab&amp;lehnen</translation>
    </message>
    <message>
        <source>&amp;Row panel</source>
        <translation>Zeilen&amp;bereich</translation>
    </message>
    <message>
        <source>&amp;Rows</source>
        <translation>&amp;Zeilen</translation>
    </message>
    <message>
        <source>&amp;Rows:</source>
        <translation>&amp;Zeilen:</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Ausführen</translation>
    </message>
    <message>
        <source>&amp;Save as</source>
        <translation>Speichern &amp;als</translation>
    </message>
    <message>
        <source>&amp;Save report…</source>
        <translation>Bericht &amp;speichern…</translation>
    </message>
    <message>
        <source>&amp;Save the picture…</source>
        <translation>Bild &amp;speichern…</translation>
    </message>
    <message>
        <source>&amp;Side by side</source>
        <translation>&amp;Nebeneinander</translation>
    </message>
    <message>
        <source>&amp;Steps</source>
        <translation>&amp;Schritte</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>&amp;Take B</source>
        <translation>B über&amp;nehmen</translation>
    </message>
    <message>
        <source>&amp;This workbook only</source>
        <translation>&amp;Nur diese Arbeitsmappe</translation>
    </message>
    <message>
        <source>&amp;Try the first 3 rows</source>
        <translation>Die ersten &amp;3 Zeilen probieren</translation>
    </message>
    <message>
        <source>&amp;Two lines a row</source>
        <translation>Z&amp;wei Zeilen Text</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Usual places and widths</source>
        <translation>&amp;Übliche Plätze und Breiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>An&amp;sicht</translation>
    </message>
    <message>
        <source>&amp;What the statuses mean</source>
        <translation>Was die &amp;Zustände bedeuten</translation>
    </message>
    <message>
        <source>&amp;Whole cell</source>
        <translation>&amp;Ganze Zelle</translation>
    </message>
    <message>
        <source>&amp;YAML</source>
        <translation>&amp;YAML</translation>
    </message>
    <message>
        <source>(blank)</source>
        <translation>(leer)</translation>
    </message>
    <message>
        <source>(do without it)</source>
        <translation>(darauf verzichten)</translation>
    </message>
    <message>
        <source>(empty)</source>
        <translation>(leer)</translation>
    </message>
    <message>
        <source>(none: choose one)</source>
        <translation>(keine: wählen Sie eine)</translation>
    </message>
    <message>
        <source>+ Check …</source>
        <translation>+ Prüfung …</translation>
    </message>
    <message>
        <source>, about {cost}</source>
        <translation>, etwa {cost}</translation>
    </message>
    <message>
        <source>. For the provider&apos;s support: request {request_id}</source>
        <translation>. Für die Hilfe des Anbieters: Anfrage {request_id}</translation>
    </message>
    <message>
        <source>1.  Open a workbook: a header row, then one row per job.</source>
        <translation>1.  Arbeitsmappe öffnen: eine Kopfzeile, dann eine Zeile je Auftrag.</translation>
    </message>
    <message>
        <source>180 days</source>
        <translation>180 Tage</translation>
    </message>
    <message>
        <source>2.  Choose a chain: the model calls to make for each row.</source>
        <translation>2.  Kette wählen: die Modellaufrufe für jede Zeile.</translation>
    </message>
    <message>
        <source>3.  Press Run, review the rows as they come, and export.</source>
        <translation>3.  Ausführen drücken, die Zeilen prüfen, wie sie kommen, und exportieren.</translation>
    </message>
    <message>
        <source>30 days</source>
        <translation>30 Tage</translation>
    </message>
    <message>
        <source>90 days</source>
        <translation>90 Tage</translation>
    </message>
    <message>
        <source>95 % under {most} s)</source>
        <translation>95 % unter {most} s)</translation>
    </message>
    <message>
        <source>? the keyring does not answer</source>
        <translation>? der Schlüsselbund antwortet nicht</translation>
    </message>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>A budget of $0 lets nothing run. Write a sum, or leave the field empty for no limit.</source>
        <translation>Ein Budget von $0 lässt nichts laufen. Schreiben Sie eine Summe, oder lassen Sie das Feld leer für keine Grenze.</translation>
    </message>
    <message>
        <source>A call is under way; the number is the step.</source>
        <translation>Ein Aufruf ist unterwegs; die Zahl ist der Schritt.</translation>
    </message>
    <message>
        <source>A few letters of a command, such as “exp”</source>
        <translation>Ein paar Buchstaben eines Befehls, etwa „exp“</translation>
    </message>
    <message>
        <source>A is this chain, &amp;B:</source>
        <translation>A ist diese Kette, &amp;B:</translation>
    </message>
    <message>
        <source>A key belongs to its address: another address asks for it again.</source>
        <translation>Ein Schlüssel gehört zu seiner Adresse: eine andere Adresse fragt neu.</translation>
    </message>
    <message>
        <source>A run is going on</source>
        <translation>Ein Lauf ist im Gange</translation>
    </message>
    <message>
        <source>A run is going on.</source>
        <translation>Ein Lauf ist im Gange.</translation>
    </message>
    <message>
        <source>A run is going on. Compare when it has ended.</source>
        <translation>Ein Lauf ist im Gange. Vergleichen Sie, wenn er beendet ist.</translation>
    </message>
    <message>
        <source>A run is going on. Stop it before another file is opened.</source>
        <translation>Ein Lauf ist im Gange. Halten Sie ihn an, bevor eine andere Datei geöffnet wird.</translation>
    </message>
    <message>
        <source>A run is going on. Try the step when it has ended.</source>
        <translation>Ein Lauf ist im Gange. Probieren Sie den Schritt, wenn er zu Ende ist.</translation>
    </message>
    <message>
        <source>A run is going on: it collects what its jobs bring.</source>
        <translation>Ein Lauf ist im Gang: Er holt ab, was seine Aufträge bringen.</translation>
    </message>
    <message>
        <source>A small workbook and a chain, answered by the simulated provider: no key, no cost</source>
        <translation>Eine kleine Arbeitsmappe und eine Kette, vom simulierten Anbieter beantwortet: kein Schlüssel, keine Kosten</translation>
    </message>
    <message>
        <source>A step got no usable answer: the panel says why, Retry failed asks again.</source>
        <translation>Ein Schritt bekam keine brauchbare Antwort: der Zeilenbereich sagt warum, Fehlgeschlagene wiederholen fragt noch einmal.</translation>
    </message>
    <message>
        <source>A step that is off makes no call and writes no column</source>
        <translation>Ein ausgeschalteter Schritt macht keinen Aufruf und schreibt keine Spalte</translation>
    </message>
    <message>
        <source>A workbook keeps its own columns.</source>
        <translation>Eine Arbeitsmappe behält ihre eigenen Spalten.</translation>
    </message>
    <message>
        <source>A zip with versions, settings, logs{about}. It has no key in it, and no prompt, output or cell. It is sent nowhere: look at it, and attach it to your report.</source>
        <translation>Ein Zip mit Versionen, Einstellungen, Protokollen{about}. Es enthält keinen Schlüssel und keinen Prompt, keine Ausgabe oder Zelle. Es wird nirgendhin gesendet: sehen Sie es an und hängen Sie es an Ihre Meldung.</translation>
    </message>
    <message>
        <source>A zip without keys, prompts and outputs</source>
        <translation>Ein Zip ohne Schlüssel, Prompts und Ausgaben</translation>
    </message>
    <message>
        <source>A {ending} file cannot hold the new columns as a workbook does: export a copy.</source>
        <translation>Eine {ending}-Datei kann die neuen Spalten nicht wie eine Arbeitsmappe halten: exportieren Sie eine Kopie.</translation>
    </message>
    <message>
        <source>API keys</source>
        <translation>API-Schlüssel</translation>
    </message>
    <message>
        <source>API keys of the providers</source>
        <translation>API-Schlüssel der Anbieter</translation>
    </message>
    <message>
        <source>About ChainDesk</source>
        <translation>Über ChainDesk</translation>
    </message>
    <message>
        <source>Add a check</source>
        <translation>Eine Prüfung hinzufügen</translation>
    </message>
    <message>
        <source>Add a step at the end (Ctrl+Shift+Return)</source>
        <translation>Einen Schritt am Ende anfügen (Ctrl+Shift+Return)</translation>
    </message>
    <message>
        <source>Add step</source>
        <translation>Schritt anfügen</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Addresses of several servers</source>
        <translation>Adressen mehrerer Server</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>All chains to begin with…</source>
        <translation>Alle Ketten zum Anfangen…</translation>
    </message>
    <message>
        <source>All done rows are reviewed.</source>
        <translation>Alle fertigen Zeilen sind geprüft.</translation>
    </message>
    <message>
        <source>All done rows in this filter are reviewed.</source>
        <translation>Alle fertigen Zeilen in diesem Filter sind geprüft.</translation>
    </message>
    <message>
        <source>All keys</source>
        <translation>Alle Tasten</translation>
    </message>
    <message>
        <source>All rows</source>
        <translation>Alle Zeilen</translation>
    </message>
    <message>
        <source>All statuses, reviews and marks</source>
        <translation>Alle Zustände, Urteile und Zeichen</translation>
    </message>
    <message>
        <source>All {all} reviewed</source>
        <translation>Alle {all} geprüft</translation>
    </message>
    <message>
        <source>All: {n} row</source>
        <translation>Alle: {n} Zeile</translation>
    </message>
    <message>
        <source>All: {n} rows</source>
        <translation>Alle: {n} Zeilen</translation>
    </message>
    <message>
        <source>Allow</source>
        <translation>Erlauben</translation>
    </message>
    <message>
        <source>Allow http:// elsewhere</source>
        <translation>http:// anderswo erlauben</translation>
    </message>
    <message>
        <source>Allowed values of the new field</source>
        <translation>Erlaubte Werte des neuen Felds</translation>
    </message>
    <message>
        <source>Allowed values of {name}</source>
        <translation>Erlaubte Werte von {name}</translation>
    </message>
    <message>
        <source>Another chain file</source>
        <translation>Eine andere Kettendatei</translation>
    </message>
    <message>
        <source>Another model in a step</source>
        <translation>Ein anderes Modell in einem Schritt</translation>
    </message>
    <message>
        <source>Another program has changed {name}, and it cannot be read now. What is shown is as it was.</source>
        <translation>Ein anderes Programm hat {name} geändert, und sie kann jetzt nicht gelesen werden. Gezeigt ist, was war.</translation>
    </message>
    <message>
        <source>Another program has saved {name}: {changes}.</source>
        <translation>Ein anderes Programm hat {name} gespeichert: {changes}.</translation>
    </message>
    <message>
        <source>Answer fields</source>
        <translation>Felder der Antwort</translation>
    </message>
    <message>
        <source>Answer of {name} for this row</source>
        <translation>Antwort von {name} für diese Zeile</translation>
    </message>
    <message>
        <source>Answer that it shows</source>
        <translation>Gezeigte Antwort</translation>
    </message>
    <message>
        <source>Answers of the trial</source>
        <translation>Antworten der Probe</translation>
    </message>
    <message>
        <source>Any review</source>
        <translation>Jedes Urteil</translation>
    </message>
    <message>
        <source>Approval</source>
        <translation>Annahme</translation>
    </message>
    <message>
        <source>Approve</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Approve the row (A in the table)</source>
        <translation>Die Zeile annehmen (A in der Tabelle)</translation>
    </message>
    <message>
        <source>Approve the {rows:,} selected rows (A)</source>
        <translation>Die {rows:,} ausgewählten Zeilen annehmen (A)</translation>
    </message>
    <message>
        <source>Approve this row (A)</source>
        <translation>Diese Zeile annehmen (A)</translation>
    </message>
    <message>
        <source>Approve, reject, reject with a reason</source>
        <translation>Annehmen, ablehnen, mit Grund ablehnen</translation>
    </message>
    <message>
        <source>Approved</source>
        <translation>Angenommen</translation>
    </message>
    <message>
        <source>Approved: row {rows}. Its approved answer stands, also with another prompt, until you run the approved too.</source>
        <translation>Angenommen: Zeile {rows}. Ihre angenommene Antwort gilt, auch mit anderem Prompt, bis Sie auch die angenommenen ausführen.</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>Noch einmal fragen</translation>
    </message>
    <message>
        <source>Ask at once</source>
        <translation>Sofort fragen</translation>
    </message>
    <message>
        <source>Ask for attention when a run ends behind other windows</source>
        <translation>Um Aufmerksamkeit bitten, wenn ein Lauf hinter anderen Fenstern endet</translation>
    </message>
    <message>
        <source>Ask for the models again</source>
        <translation>Noch einmal nach den Modellen fragen</translation>
    </message>
    <message>
        <source>Ask once more for another answer, which is paid for</source>
        <translation>Noch einmal um eine andere Antwort bitten, die bezahlt wird</translation>
    </message>
    <message>
        <source>Ask the keyring once more, after it was unlocked</source>
        <translation>Den Schlüsselbund noch einmal fragen, nachdem er aufgesperrt ist</translation>
    </message>
    <message>
        <source>Ask the provider for its list of models; costs nothing</source>
        <translation>Den Anbieter nach seinen Modellen fragen; kostet nichts</translation>
    </message>
    <message>
        <source>Ask the provider for its models again</source>
        <translation>Den Anbieter noch einmal nach seinen Modellen fragen</translation>
    </message>
    <message>
        <source>Ask the providers whether batch jobs are done; it is free</source>
        <translation>Die Anbieter fragen, ob Batch-Aufträge fertig sind; das ist kostenlos</translation>
    </message>
    <message>
        <source>Ask this step for the row that is shown; the answer is kept (Ctrl+Return)</source>
        <translation>Diesen Schritt für die gezeigte Zeile fragen; die Antwort bleibt (Ctrl+Return)</translation>
    </message>
    <message>
        <source>Ask this step for the sheet&apos;s first three rows</source>
        <translation>Diesen Schritt für die ersten drei Zeilen des Blatts fragen</translation>
    </message>
    <message>
        <source>Ask {step} for {rows}: {what}.</source>
        <translation>{step} für {rows} fragen: {what}.</translation>
    </message>
    <message>
        <source>Asking the provider…</source>
        <translation>Fragt den Anbieter…</translation>
    </message>
    <message>
        <source>Asking {provider} for its models…</source>
        <translation>{provider} wird nach seinen Modellen gefragt…</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Fragt…</translation>
    </message>
    <message>
        <source>At once</source>
        <translation>Zugleich</translation>
    </message>
    <message>
        <source>Audit the re&amp;st…</source>
        <translation>&amp;Stichprobe aus dem Rest…</translation>
    </message>
    <message>
        <source>Audit the rest</source>
        <translation>Stichprobe aus dem Rest</translation>
    </message>
    <message>
        <source>Audit: {statement}</source>
        <translation>Stichprobe: {statement}</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
    <message>
        <source>B becomes the chain; what it costs to run what changes is said first</source>
        <translation>B wird die Kette; was es kostet, das Geänderte auszuführen, wird vorher gesagt</translation>
    </message>
    <message>
        <source>B gives the approved answer in {b} of {rows}, A in {a}; {better} better, {worse} worse</source>
        <translation>B gibt die genehmigte Antwort in {b} von {rows}, A in {a}; {better} besser, {worse} schlechter</translation>
    </message>
    <message>
        <source>B passes all checks in {b} of {rows}, A in {a}; {better} better, {worse} worse</source>
        <translation>B besteht alle Prüfungen in {b} von {rows}, A in {a}; {better} besser, {worse} schlechter</translation>
    </message>
    <message>
        <source>Back to the model&apos;s own text; yours stays in the history</source>
        <translation>Zurück zum Text des Modells; Ihrer bleibt in der Geschichte</translation>
    </message>
    <message>
        <source>Back to the model&apos;s text</source>
        <translation>Zurück zum Text des Modells</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>Between the cells</source>
        <translation>Zwischen den Zellen</translation>
    </message>
    <message>
        <source>Bli&amp;nd</source>
        <translation>Bli&amp;nd</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <source>Budget $</source>
        <translation>Budget $</translation>
    </message>
    <message>
        <source>Budget in US dollars</source>
        <translation>Budget in US-Dollar</translation>
    </message>
    <message>
        <source>Bundle for a bug report</source>
        <translation>Paket für eine Fehlermeldung</translation>
    </message>
    <message>
        <source>CSV table</source>
        <translation>CSV-Tabelle</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>Calls a minute</source>
        <translation>Aufrufe je Minute</translation>
    </message>
    <message>
        <source>Calls in all, per answer</source>
        <translation>Aufrufe je Antwort, höchstens</translation>
    </message>
    <message>
        <source>Calls in flight</source>
        <translation>Aufrufe unterwegs</translation>
    </message>
    <message>
        <source>Calls in flight: {mean} on average and {most} at most, with {rows} at once at the beginning.</source>
        <translation>Aufrufe unterwegs: im Mittel {mean}, höchstens {most}, bei zu Beginn {rows} zugleich.</translation>
    </message>
    <message>
        <source>Cance&amp;l the batch jobs</source>
        <translation>Batch-Aufträge abbre&amp;chen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel the batch jobs of this run, and ask for the rest at once at the full price</source>
        <translation>Die Batch-Aufträge dieses Laufs abbrechen und den Rest sofort zum vollen Preis fragen</translation>
    </message>
    <message>
        <source>Cancel the jobs</source>
        <translation>Aufträge abbrechen</translation>
    </message>
    <message>
        <source>Ch&amp;arts of this run</source>
        <translation>&amp;Diagramme dieses Laufs</translation>
    </message>
    <message>
        <source>Chain</source>
        <translation>Kette</translation>
    </message>
    <message>
        <source>Chain file</source>
        <translation>Kettendatei</translation>
    </message>
    <message>
        <source>Chain file of B</source>
        <translation>Kettendatei von B</translation>
    </message>
    <message>
        <source>Chain files (*.yaml *.yml);;All files (*)</source>
        <translation>Kettendateien (*.yaml *.yml);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>ChainDesk: MIT licence. The window is made with Qt for Python, under the LGPL 3.</source>
        <translation>ChainDesk: MIT-Lizenz. Das Fenster ist mit Qt for Python gemacht, unter der LGPL 3.</translation>
    </message>
    <message>
        <source>Chains</source>
        <translation>Ketten</translation>
    </message>
    <message>
        <source>Chains to &amp;begin with…</source>
        <translation>Ketten zum An&amp;fangen…</translation>
    </message>
    <message>
        <source>Chains to begin with</source>
        <translation>Ketten zum Anfangen</translation>
    </message>
    <message>
        <source>Chains to begin with…</source>
        <translation>Beispielketten…</translation>
    </message>
    <message>
        <source>Change the chain&apos;s steps and prompts</source>
        <translation>Schritte und Prompts der Kette ändern</translation>
    </message>
    <message>
        <source>Change the chain&apos;s steps and prompts (Ctrl+Shift+E)</source>
        <translation>Schritte und Prompts der Kette ändern (Ctrl+Shift+E)</translation>
    </message>
    <message>
        <source>Changed since</source>
        <translation>Seither anders</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Ändern…</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>Diagramm</translation>
    </message>
    <message>
        <source>Check the facts</source>
        <translation>Prüfe die Fakten</translation>
    </message>
    <message>
        <source>Check: {words}</source>
        <translation>Prüfung: {words}</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>Prüfungen</translation>
    </message>
    <message>
        <source>Checks and your reviews</source>
        <translation>Prüfungen und Ihre Urteile</translation>
    </message>
    <message>
        <source>Checks and your reviews…</source>
        <translation>Prüfungen und Ihre Urteile…</translation>
    </message>
    <message>
        <source>Checks of {step}: {paths}.</source>
        <translation>Prüfungen von {step}: {paths}.</translation>
    </message>
    <message>
        <source>Checks of {step}: {paths}. They cost {cost}.</source>
        <translation>Prüfungen von {step}: {paths}. Sie kosteten {cost}.</translation>
    </message>
    <message>
        <source>Checks of {step}: {paths}. They cost {cost}; {model} alone would have cost about {alone}, of which this is {share}.</source>
        <translation>Prüfungen von {step}: {paths}. Sie kosteten {cost}; {model} allein hätte etwa {alone} gekostet, davon ist dies {share}.</translation>
    </message>
    <message>
        <source>Checks: better in {better}, worse in {worse}; that is hardly chance ({chance}).</source>
        <translation>Prüfungen: besser in {better}, schlechter in {worse}; das ist kaum Zufall ({chance}).</translation>
    </message>
    <message>
        <source>Checks: better in {better}, worse in {worse}; that may be chance ({chance}).</source>
        <translation>Prüfungen: besser in {better}, schlechter in {worse}; das kann Zufall sein ({chance}).</translation>
    </message>
    <message>
        <source>Choose B</source>
        <translation>B auswählen</translation>
    </message>
    <message>
        <source>Choose a chain file</source>
        <translation>Eine Kettendatei wählen</translation>
    </message>
    <message>
        <source>Choose a chain first: it says which model calls to make for each row.</source>
        <translation>Wählen Sie zuerst eine Kette: sie sagt, welche Modellaufrufe für jede Zeile gemacht werden.</translation>
    </message>
    <message>
        <source>Choose a chain…</source>
        <translation>Eine Kette wählen…</translation>
    </message>
    <message>
        <source>Choose a column for {names} first</source>
        <translation>Wählen Sie zuerst eine Spalte für {names}</translation>
    </message>
    <message>
        <source>Choose a row first.</source>
        <translation>Wählen Sie zuerst eine Zeile.</translation>
    </message>
    <message>
        <source>Choose a row that is done.</source>
        <translation>Wählen Sie eine fertige Zeile.</translation>
    </message>
    <message>
        <source>Choose an output first.</source>
        <translation>Wählen Sie zuerst eine Ausgabe.</translation>
    </message>
    <message>
        <source>Choose another model, or a chain file. What it costs is said here.</source>
        <translation>Wählen Sie ein anderes Modell oder eine Kettendatei. Was es kostet, steht dann hier.</translation>
    </message>
    <message>
        <source>Choose another sheet</source>
        <translation>Ein anderes Blatt wählen</translation>
    </message>
    <message>
        <source>Choose first how long runs are kept</source>
        <translation>Wählen Sie zuerst, wie lange Läufe bleiben</translation>
    </message>
    <message>
        <source>Choose format, rows, columns and place of an export</source>
        <translation>Format, Zeilen, Spalten und Ort eines Exports wählen</translation>
    </message>
    <message>
        <source>Choose it…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Choose the chain file of B.</source>
        <translation>Wählen Sie die Kettendatei von B.</translation>
    </message>
    <message>
        <source>Choose the column of {sheet} that stands for {names}:</source>
        <translation>Wählen Sie die Spalte von {sheet}, die für {names} steht:</translation>
    </message>
    <message>
        <source>Choose two runs over one sheet (Ctrl+click): which rows, checks and costs differ</source>
        <translation>Wählen Sie zwei Läufe über ein Blatt (Strg+Klick): welche Zeilen, Prüfungen und Kosten sich unterscheiden</translation>
    </message>
    <message>
        <source>Choose where your copy lies</source>
        <translation>Wählen Sie, wo Ihre Kopie liegt</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Auswählen…</translation>
    </message>
    <message>
        <source>Clean &amp;up…</source>
        <translation>A&amp;ufräumen…</translation>
    </message>
    <message>
        <source>Clean up the journal</source>
        <translation>Das Journal aufräumen</translation>
    </message>
    <message>
        <source>Cleaning up…</source>
        <translation>Räumt auf…</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close ChainDesk</source>
        <translation>ChainDesk schließen</translation>
    </message>
    <message>
        <source>Close the message</source>
        <translation>Die Meldung schließen</translation>
    </message>
    <message>
        <source>Closing as soon as the workbook is saved…</source>
        <translation>Schließt, sobald die Arbeitsmappe gespeichert ist…</translation>
    </message>
    <message>
        <source>Co&amp;mpare texts…</source>
        <translation>Texte &amp;vergleichen…</translation>
    </message>
    <message>
        <source>Column of the sheet for {name}</source>
        <translation>Spalte des Blatts für {name}</translation>
    </message>
    <message>
        <source>Column {name}</source>
        <translation>Spalte {name}</translation>
    </message>
    <message>
        <source>Column {name} is blank: its fallback stands here</source>
        <translation>Spalte {name} ist leer: hier steht ihr Ersatz</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Columns about the run</source>
        <translation>Spalten zum Lauf</translation>
    </message>
    <message>
        <source>Columns in double braces; .md, .txt or .html at the end</source>
        <translation>Spalten in doppelten Klammern; .md, .txt oder .html am Ende</translation>
    </message>
    <message>
        <source>Columns needed: {names}.</source>
        <translation>Nötige Spalten: {names}.</translation>
    </message>
    <message>
        <source>Comma</source>
        <translation>Komma</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Compare &amp;models or chains…</source>
        <translation>&amp;Modelle oder Ketten vergleichen…</translation>
    </message>
    <message>
        <source>Compare models or chains</source>
        <translation>Modelle oder Ketten vergleichen</translation>
    </message>
    <message>
        <source>Compare texts of {row}</source>
        <translation>Texte von {row} vergleichen</translation>
    </message>
    <message>
        <source>Compare with what is shown now</source>
        <translation>Mit dem vergleichen, was jetzt gezeigt ist</translation>
    </message>
    <message>
        <source>Compared rows</source>
        <translation>Verglichene Zeilen</translation>
    </message>
    <message>
        <source>Contains</source>
        <translation>Enthält</translation>
    </message>
    <message>
        <source>Contains…</source>
        <translation>Enthält…</translation>
    </message>
    <message>
        <source>Copied {rows}.</source>
        <translation>{rows} kopiert.</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the picture (Ctrl+C in the chart)</source>
        <translation>Bild kopieren (Ctrl+C im Diagramm)</translation>
    </message>
    <message>
        <source>Copy the selected rows with whole texts (Ctrl+C in the table)</source>
        <translation>Die ausgewählten Zeilen mit ganzen Texten kopieren (Ctrl+C in der Tabelle)</translation>
    </message>
    <message>
        <source>Copy the text</source>
        <translation>Den Text kopieren</translation>
    </message>
    <message>
        <source>Copy versions and folders</source>
        <translation>Versionen und Ordner kopieren</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Cost {a} and {b}.</source>
        <translation>Kosten {a} und {b}.</translation>
    </message>
    <message>
        <source>Cost {a} and {b}: {difference} less.</source>
        <translation>Kosten {a} und {b}: {difference} weniger.</translation>
    </message>
    <message>
        <source>Cost {a} and {b}: {difference} more.</source>
        <translation>Kosten {a} und {b}: {difference} mehr.</translation>
    </message>
    <message>
        <source>Ctrl+Return saves</source>
        <translation>Strg+Eingabe speichert</translation>
    </message>
    <message>
        <source>Cut: an answer reached the output limit.</source>
        <translation>Gekürzt: eine Antwort erreichte die Ausgabegrenze.</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Delete key</source>
        <translation>Schlüssel löschen</translation>
    </message>
    <message>
        <source>Deleting the key…</source>
        <translation>Löscht den Schlüssel…</translation>
    </message>
    <message>
        <source>Delimiter</source>
        <translation>Trennzeichen</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Do it again (Ctrl+Shift+Z or Ctrl+Y)</source>
        <translation>Noch einmal tun (Ctrl+Shift+Z oder Ctrl+Y)</translation>
    </message>
    <message>
        <source>Do not</source>
        <translation>Nicht geben</translation>
    </message>
    <message>
        <source>Do not send it</source>
        <translation>Nicht senden</translation>
    </message>
    <message>
        <source>Do not trust it: it flagged {hits} of {rejected} answers that you rejected or edited, and {alarms} of {accepted} that you approved.</source>
        <translation>Trauen Sie ihr nicht: Sie hat {hits} von {rejected} Antworten beanstandet, die Sie abgelehnt oder bearbeitet haben, und {alarms} von {accepted}, die Sie angenommen haben.</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Done again: {step}.</source>
        <translation>Wiederhergestellt: {step}.</translation>
    </message>
    <message>
        <source>Doubtful</source>
        <translation>Zweifelhaft</translation>
    </message>
    <message>
        <source>Drag the step to another place</source>
        <translation>Den Schritt an einen anderen Platz ziehen</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>Ziehen</translation>
    </message>
    <message>
        <source>Draw these rows, and show them</source>
        <translation>Diese Zeilen ziehen und zeigen</translation>
    </message>
    <message>
        <source>Drop your text; it stays in this history</source>
        <translation>Ihren Text fallen lassen; er bleibt in dieser Geschichte</translation>
    </message>
    <message>
        <source>Duplicate the step (Ctrl+D)</source>
        <translation>Den Schritt verdoppeln (Ctrl+D)</translation>
    </message>
    <message>
        <source>E&amp;xamples</source>
        <translation>Bei&amp;spiele</translation>
    </message>
    <message>
        <source>Each call holds back the most that it can cost until its answer is there. What is left of the budget is held back by the calls under way, so this row waits for one of them to end. A larger budget lets more rows run.</source>
        <translation>Jeder Aufruf hält zurück, was er höchstens kosten kann, bis seine Antwort da ist. Der Rest des Budgets ist von laufenden Aufrufen zurückgehalten, darum wartet diese Zeile, bis einer davon endet. Ein größeres Budget lässt mehr Zeilen laufen.</translation>
    </message>
    <message>
        <source>Each step is written as names with values, below steps. Mend that first.</source>
        <translation>Jeder Schritt steht als Namen mit Werten unter steps. Berichtigen Sie das zuerst.</translation>
    </message>
    <message>
        <source>Earlier steps</source>
        <translation>Frühere Schritte</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>Edit chain</source>
        <translation>Kette bearbeiten</translation>
    </message>
    <message>
        <source>Edit chain…</source>
        <translation>Kette bearbeiten…</translation>
    </message>
    <message>
        <source>Edit of {step} in row {number}</source>
        <translation>Änderung von {step} in Zeile {number}</translation>
    </message>
    <message>
        <source>Edit the output</source>
        <translation>Die Ausgabe bearbeiten</translation>
    </message>
    <message>
        <source>Edit the output that is shown (E in the table)</source>
        <translation>Die gezeigte Ausgabe bearbeiten (E in der Tabelle)</translation>
    </message>
    <message>
        <source>Edit the output that is shown (E)</source>
        <translation>Die gezeigte Ausgabe bearbeiten (E)</translation>
    </message>
    <message>
        <source>Edit, rerun, rerun with a note</source>
        <translation>Bearbeiten, neu ausführen, mit Notiz neu ausführen</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>Kodierung</translation>
    </message>
    <message>
        <source>Encoding and delimiter, {found}. Click to change.{sample}</source>
        <translation>Kodierung und Trennzeichen, {found}. Klicken zum Ändern.{sample}</translation>
    </message>
    <message>
        <source>End the batch jobs; what they have answered is still collected</source>
        <translation>Die Batch-Aufträge beenden; was sie beantwortet haben, wird noch abgeholt</translation>
    </message>
    <message>
        <source>End the run; everything finished is kept</source>
        <translation>Den Lauf beenden; alles Fertige bleibt</translation>
    </message>
    <message>
        <source>Ending… What has been answered is kept.</source>
        <translation>Endet… Was beantwortet ist, bleibt.</translation>
    </message>
    <message>
        <source>Ends the answer</source>
        <translation>Beendet die Antwort</translation>
    </message>
    <message>
        <source>Every answer that has arrived is kept.</source>
        <translation>Jede Antwort, die angekommen ist, bleibt.</translation>
    </message>
    <message>
        <source>Every row keeps its answers.</source>
        <translation>Jede Zeile behält ihre Antworten.</translation>
    </message>
    <message>
        <source>Every step has its answer.</source>
        <translation>Jeder Schritt hat seine Antwort.</translation>
    </message>
    <message>
        <source>Every version of the output that is shown (H in the table)</source>
        <translation>Jede Fassung der gezeigten Ausgabe (H in der Tabelle)</translation>
    </message>
    <message>
        <source>Every version of this output: look, compare, use again (H)</source>
        <translation>Jede Fassung dieser Ausgabe: ansehen, vergleichen, wieder benutzen (H)</translation>
    </message>
    <message>
        <source>Ex&amp;port</source>
        <translation>E&amp;xportieren</translation>
    </message>
    <message>
        <source>Example of row {row}</source>
        <translation>Beispiel aus Zeile {row}</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Examples and your templates, those that fit the sheet first</source>
        <translation>Beispiele und Ihre Vorlagen, die passenden zuerst</translation>
    </message>
    <message>
        <source>Examples at most</source>
        <translation>Höchstens Beispiele</translation>
    </message>
    <message>
        <source>Examples with their sheets, and your own templates (Ctrl+G)</source>
        <translation>Beispiele mit ihren Blättern, und Ihre Vorlagen (Ctrl+G)</translation>
    </message>
    <message>
        <source>Excel workbook: a completed copy</source>
        <translation>Excel-Arbeitsmappe: eine fertige Kopie</translation>
    </message>
    <message>
        <source>Excel workbook: into this file</source>
        <translation>Excel-Arbeitsmappe: in diese Datei</translation>
    </message>
    <message>
        <source>Exchange the two</source>
        <translation>Die beiden tauschen</translation>
    </message>
    <message>
        <source>Exchange the two (X)</source>
        <translation>Die beiden tauschen (X)</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Export a&amp;s…</source>
        <translation>Ex&amp;portieren als…</translation>
    </message>
    <message>
        <source>Export the workbook</source>
        <translation>Die Arbeitsmappe exportieren</translation>
    </message>
    <message>
        <source>Export {name}</source>
        <translation>{name} exportieren</translation>
    </message>
    <message>
        <source>Exported to {name}, in {folder}</source>
        <translation>Exportiert nach {name}, in {folder}</translation>
    </message>
    <message>
        <source>Exported {files} to {folder}</source>
        <translation>{files} nach {folder} exportiert</translation>
    </message>
    <message>
        <source>Exported: {path}</source>
        <translation>Exportiert: {path}</translation>
    </message>
    <message>
        <source>Exporting…</source>
        <translation>Exportiert…</translation>
    </message>
    <message>
        <source>F&amp;ilter by this column…</source>
        <translation>Nach dieser Spalte &amp;filtern…</translation>
    </message>
    <message>
        <source>Facts of the call</source>
        <translation>Angaben zum Aufruf</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Failed rows</source>
        <translation>Fehlgeschlagene</translation>
    </message>
    <message>
        <source>Failed rows by kind.</source>
        <translation>Fehlgeschlagene Zeilen nach Art.</translation>
    </message>
    <message>
        <source>Failures by kind</source>
        <translation>Fehler nach Art</translation>
    </message>
    <message>
        <source>Failures by reason</source>
        <translation>Fehler nach Grund</translation>
    </message>
    <message>
        <source>Fetch the picture from {host}</source>
        <translation>Das Bild von {host} holen</translation>
    </message>
    <message>
        <source>Fetching…</source>
        <translation>Wird geholt…</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>Figures of the run</source>
        <translation>Zahlen des Laufs</translation>
    </message>
    <message>
        <source>Filter by workbook, chain or state</source>
        <translation>Nach Arbeitsmappe, Kette oder Zustand filtern</translation>
    </message>
    <message>
        <source>Filter by {column}</source>
        <translation>Nach {column} filtern</translation>
    </message>
    <message>
        <source>Filter the runs</source>
        <translation>Die Läufe filtern</translation>
    </message>
    <message>
        <source>Find a command</source>
        <translation>Einen Befehl finden</translation>
    </message>
    <message>
        <source>Find a command by a few letters of its name</source>
        <translation>Einen Befehl durch ein paar Buchstaben seines Namens finden</translation>
    </message>
    <message>
        <source>Finish &amp;without batch jobs…</source>
        <translation>&amp;Ohne Batch-Aufträge fertig machen…</translation>
    </message>
    <message>
        <source>Finish without batch jobs</source>
        <translation>Ohne Batch-Aufträge fertig machen</translation>
    </message>
    <message>
        <source>First 3 rows</source>
        <translation>Erste 3 Zeilen</translation>
    </message>
    <message>
        <source>First rows</source>
        <translation>Erste Zeilen</translation>
    </message>
    <message>
        <source>Fit the &amp;width to the texts</source>
        <translation>Breite an die Texte an&amp;passen</translation>
    </message>
    <message>
        <source>Fit this sheet</source>
        <translation>Passen zu diesem Blatt</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>For the provider&apos;s support: request {request}</source>
        <translation>Für die Hilfe des Anbieters: Anfrage {request}</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>From here</source>
        <translation>Ab hier</translation>
    </message>
    <message>
        <source>Give it</source>
        <translation>Geben</translation>
    </message>
    <message>
        <source>Go back to the file as it is on the disk</source>
        <translation>Zurück zur Datei, wie sie auf der Platte ist</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Go on editing</source>
        <translation>Weiter bearbeiten</translation>
    </message>
    <message>
        <source>Go to the next done row not yet reviewed (N in the table)</source>
        <translation>Zur nächsten fertigen, noch ungeprüften Zeile (N in der Tabelle)</translation>
    </message>
    <message>
        <source>Go to the next row (J in the table)</source>
        <translation>Zur nächsten Zeile (J in der Tabelle)</translation>
    </message>
    <message>
        <source>Go to the next unreviewed row once a row is reviewed</source>
        <translation>Zur nächsten ungeprüften Zeile gehen, sobald eine geprüft ist</translation>
    </message>
    <message>
        <source>Go to the row before (K in the table)</source>
        <translation>Zur Zeile davor (K in der Tabelle)</translation>
    </message>
    <message>
        <source>Gone: {cleanable_text}. The journal took {was} and takes {now} now.</source>
        <translation>Weg: {cleanable_text}. Das Journal brauchte {was} und braucht jetzt {now}.</translation>
    </message>
    <message>
        <source>Guard cells that begin with = + - @</source>
        <translation>Zellen sichern, die mit = + - @ beginnen</translation>
    </message>
    <message>
        <source>HTML page</source>
        <translation>HTML-Seite</translation>
    </message>
    <message>
        <source>Hide which side is which, and turn them round by chance</source>
        <translation>Verbirgt, welche Seite welche ist, und vertauscht sie zufällig</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>History of {title}</source>
        <translation>Geschichte von {title}</translation>
    </message>
    <message>
        <source>History, compare, raw text</source>
        <translation>Geschichte, vergleichen, roher Text</translation>
    </message>
    <message>
        <source>How</source>
        <translation>Wie</translation>
    </message>
    <message>
        <source>How long calls took.</source>
        <translation>Wie lange Aufrufe dauerten.</translation>
    </message>
    <message>
        <source>How long runs are kept</source>
        <translation>Wie lange Läufe bleiben</translation>
    </message>
    <message>
        <source>How many of the first rows</source>
        <translation>Wie viele der ersten Zeilen</translation>
    </message>
    <message>
        <source>How many rows run at once; may be turned while a run goes on</source>
        <translation>Wie viele Zeilen zugleich laufen; auch während eines Laufs zu ändern</translation>
    </message>
    <message>
        <source>How much differs</source>
        <translation>Wie viel verschieden ist</translation>
    </message>
    <message>
        <source>How much of a text the table shows</source>
        <translation>Wie viel von einem Text die Tabelle zeigt</translation>
    </message>
    <message>
        <source>How the model draws its words, how long an answer may be, and its column</source>
        <translation>Wie das Modell seine Wörter wählt, wie lang eine Antwort sein darf, und ihre Spalte</translation>
    </message>
    <message>
        <source>How the model is to work, such as: You are a careful researcher.</source>
        <translation>Wie das Modell arbeiten soll, etwa: Du recherchierst sorgfältig.</translation>
    </message>
    <message>
        <source>How the text was read</source>
        <translation>Wie der Text gelesen wurde</translation>
    </message>
    <message>
        <source>How {name} is read</source>
        <translation>Wie {name} gelesen wird</translation>
    </message>
    <message>
        <source>ID column</source>
        <translation>ID-Spalte</translation>
    </message>
    <message>
        <source>If one fails: ask again</source>
        <translation>Wenn eine fehlschlägt: noch einmal fragen</translation>
    </message>
    <message>
        <source>In the YAML, and kept as it is: {names}.</source>
        <translation>Im YAML, und unverändert behalten: {names}.</translation>
    </message>
    <message>
        <source>In the audit</source>
        <translation>In der Stichprobe</translation>
    </message>
    <message>
        <source>In the table</source>
        <translation>In der Tabelle</translation>
    </message>
    <message>
        <source>Inputs of the row</source>
        <translation>Eingaben der Zeile</translation>
    </message>
    <message>
        <source>Insert {name}</source>
        <translation>{name} einfügen</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>Anweisungen</translation>
    </message>
    <message>
        <source>Is empty</source>
        <translation>Ist leer</translation>
    </message>
    <message>
        <source>Is it right?</source>
        <translation>Ist das richtig?</translation>
    </message>
    <message>
        <source>Is not empty</source>
        <translation>Ist nicht leer</translation>
    </message>
    <message>
        <source>It asks first</source>
        <translation>Es wird zuerst gefragt</translation>
    </message>
    <message>
        <source>It can be trusted.</source>
        <translation>Man kann ihr trauen.</translation>
    </message>
    <message>
        <source>It fits {sheet} as it is. The columns that it uses:</source>
        <translation>Sie passt zu {sheet}, wie sie ist. Die Spalten, die sie benutzt:</translation>
    </message>
    <message>
        <source>It is being written. A call that began before the row was looked at shows its text at its end.</source>
        <translation>Sie wird geschrieben. Ein Aufruf, der begann, ehe die Zeile angesehen wurde, zeigt seinen Text am Ende.</translation>
    </message>
    <message>
        <source>It is out in a batch job, at half price; the job goes on without the program.</source>
        <translation>Sie ist in einem Batch-Auftrag, zum halben Preis; der Auftrag läuft ohne das Programm weiter.</translation>
    </message>
    <message>
        <source>It seems so, but more reviews would tell.</source>
        <translation>Es sieht so aus; mehr Urteile würden es zeigen.</translation>
    </message>
    <message>
        <source>It waits for the provider&apos;s limit, a key, the network, or for you; it goes on by itself.</source>
        <translation>Sie wartet auf die Grenze des Anbieters, einen Schlüssel, das Netz oder auf Sie; es geht von selbst weiter.</translation>
    </message>
    <message>
        <source>Its inputs or prompts have changed since it was answered: a run asks again.</source>
        <translation>Ihre Eingaben oder Prompts haben sich seit der Antwort geändert: ein Lauf fragt noch einmal.</translation>
    </message>
    <message>
        <source>Its inputs, prompts or edits have changed since. </source>
        <translation>Ihre Eingaben, Prompts oder Änderungen sind seitdem anders. </translation>
    </message>
    <message>
        <source>Its turn comes in the run that goes on.</source>
        <translation>Sie kommt in diesem Lauf noch an die Reihe.</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Keep in the keyring</source>
        <translation>Im Schlüsselbund behalten</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep running</source>
        <translation>Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>Keep the chain among your templates, to begin others with it</source>
        <translation>Die Kette unter Ihren Vorlagen behalten, um andere damit zu beginnen</translation>
    </message>
    <message>
        <source>Keep the jobs</source>
        <translation>Aufträge behalten</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keeping the key…</source>
        <translation>Behält den Schlüssel…</translation>
    </message>
    <message>
        <source>Kept: your text or approval stands although its inputs or prompts have changed.</source>
        <translation>Behalten: Ihr Text oder Ihre Annahme gilt, obwohl sich Eingaben oder Prompts geändert haben.</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>Lan&amp;guage</source>
        <translation>S&amp;prache</translation>
    </message>
    <message>
        <source>Larger model for rows that still fail</source>
        <translation>Größeres Modell für Zeilen, die dann noch fehlschlagen</translation>
    </message>
    <message>
        <source>Last calls made twice</source>
        <translation>Letzte Aufrufe doppelt</translation>
    </message>
    <message>
        <source>Latency by step</source>
        <translation>Antwortzeit je Schritt</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>Verlassen</translation>
    </message>
    <message>
        <source>Leave an edit</source>
        <translation>Änderung verlassen</translation>
    </message>
    <message>
        <source>Leave everything as it is (Escape)</source>
        <translation>Alles lassen, wie es ist (Escape)</translation>
    </message>
    <message>
        <source>Leave the text as it was (Escape)</source>
        <translation>Den Text lassen, wie er war (Escape)</translation>
    </message>
    <message>
        <source>Leave {name} unsaved?</source>
        <translation>{name} ungespeichert verlassen?</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Links</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>Lizenzen</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Light or dark</source>
        <translation>Hell oder dunkel</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Line {line}: </source>
        <translation>Zeile {line}: </translation>
    </message>
    <message>
        <source>Line {number}: </source>
        <translation>Zeile {number}: </translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>Protokolle</translation>
    </message>
    <message>
        <source>Longer, with more detail</source>
        <translation>Länger, mit mehr Einzelheiten</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Noch einmal nachsehen</translation>
    </message>
    <message>
        <source>Look at this chain, and use a copy or try it with its example sheet</source>
        <translation>Diese Kette ansehen, und eine Kopie benutzen oder sie mit ihrem Beispielblatt probieren</translation>
    </message>
    <message>
        <source>Look for &amp;batch answers now</source>
        <translation>Jetzt nach &amp;Batch-Antworten sehen</translation>
    </message>
    <message>
        <source>Look now</source>
        <translation>Jetzt nachsehen</translation>
    </message>
    <message>
        <source>Looking for keys…</source>
        <translation>Sucht Schlüssel…</translation>
    </message>
    <message>
        <source>Looking what is older…</source>
        <translation>Sieht nach, was älter ist…</translation>
    </message>
    <message>
        <source>Make a &amp;bundle for a bug report…</source>
        <translation>Paket für eine &amp;Fehlermeldung…</translation>
    </message>
    <message>
        <source>Make a zip for a bug report, without keys, prompts and outputs</source>
        <translation>Ein Zip für eine Fehlermeldung machen, ohne Schlüssel, Prompts und Ausgaben</translation>
    </message>
    <message>
        <source>Making the page…</source>
        <translation>Die Seite wird gemacht…</translation>
    </message>
    <message>
        <source>Markdown document</source>
        <translation>Markdown-Dokument</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>Mistakes</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Mistakes of this step</source>
        <translation>Fehler dieses Schritts</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model asked where this one fails</source>
        <translation>Modell, falls dieses scheitert</translation>
    </message>
    <message>
        <source>Model of B</source>
        <translation>Modell von B</translation>
    </message>
    <message>
        <source>Model of the judge in check {number}</source>
        <translation>Modell des Richters in Prüfung {number}</translation>
    </message>
    <message>
        <source>Model&apos;s text</source>
        <translation>Text des Modells</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>More formal</source>
        <translation>Förmlicher</translation>
    </message>
    <message>
        <source>More…</source>
        <translation>Mehr…</translation>
    </message>
    <message>
        <source>Most tokens of an answer</source>
        <translation>Höchste Tokenzahl</translation>
    </message>
    <message>
        <source>Move the step down (Alt+Shift+Down)</source>
        <translation>Den Schritt nach unten (Alt+Shift+Down)</translation>
    </message>
    <message>
        <source>Move the step up (Alt+Shift+Up)</source>
        <translation>Den Schritt nach oben (Alt+Shift+Up)</translation>
    </message>
    <message>
        <source>Move to the &amp;left</source>
        <translation>Nach &amp;links</translation>
    </message>
    <message>
        <source>Move to the &amp;right</source>
        <translation>Nach re&amp;chts</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Name of a new field</source>
        <translation>Name eines neuen Feldes</translation>
    </message>
    <message>
        <source>Name of a server of your own</source>
        <translation>Name eines eigenen Servers</translation>
    </message>
    <message>
        <source>Name of each file</source>
        <translation>Name jeder Datei</translation>
    </message>
    <message>
        <source>Name of field {number}</source>
        <translation>Name von Feld {number}</translation>
    </message>
    <message>
        <source>Name of the chain</source>
        <translation>Name der Kette</translation>
    </message>
    <message>
        <source>Name of the column</source>
        <translation>Name der Spalte</translation>
    </message>
    <message>
        <source>Name of the step</source>
        <translation>Name des Schritts</translation>
    </message>
    <message>
        <source>Name of the template:</source>
        <translation>Name der Vorlage:</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>Namen</translation>
    </message>
    <message>
        <source>Names of several keys</source>
        <translation>Namen mehrerer Schlüssel</translation>
    </message>
    <message>
        <source>Ne&amp;xt unreviewed row</source>
        <translation>Nächste &amp;ungeprüfte Zeile</translation>
    </message>
    <message>
        <source>New chain</source>
        <translation>Neue Kette</translation>
    </message>
    <message>
        <source>New chain…</source>
        <translation>Neue Kette…</translation>
    </message>
    <message>
        <source>Next row (Alt+Down, or J in the table)</source>
        <translation>Nächste Zeile (Alt+Down, oder J in der Tabelle)</translation>
    </message>
    <message>
        <source>Next row, row before</source>
        <translation>Nächste Zeile, Zeile davor</translation>
    </message>
    <message>
        <source>Next unreviewed row</source>
        <translation>Nächste ungeprüfte Zeile</translation>
    </message>
    <message>
        <source>No answer yet.</source>
        <translation>Noch keine Antwort.</translation>
    </message>
    <message>
        <source>No batch job is out.</source>
        <translation>Kein Batch-Auftrag ist unterwegs.</translation>
    </message>
    <message>
        <source>No browser could be opened. The page is {saved}</source>
        <translation>Kein Browser ließ sich öffnen. Die Seite ist {saved}</translation>
    </message>
    <message>
        <source>No browser opened the guide. It is in {path}</source>
        <translation>Kein Browser öffnete das Handbuch. Es ist in {path}</translation>
    </message>
    <message>
        <source>No call starts that could take the run past this, such as 5 or 2.50; empty is no limit</source>
        <translation>Kein Aufruf beginnt, der den Lauf darüber brächte, etwa 5 oder 2.50; leer ist keine Grenze</translation>
    </message>
    <message>
        <source>No call was answered</source>
        <translation>Kein Aufruf wurde beantwortet</translation>
    </message>
    <message>
        <source>No call was answered in this run</source>
        <translation>Kein Aufruf wurde in diesem Lauf beantwortet</translation>
    </message>
    <message>
        <source>No call was answered.</source>
        <translation>Kein Aufruf wurde beantwortet.</translation>
    </message>
    <message>
        <source>No call: every answer is known.</source>
        <translation>Kein Aufruf: Alle Antworten sind bekannt.</translation>
    </message>
    <message>
        <source>No checks and no approved answers tell which is better: pick the better answer, row by row.</source>
        <translation>Weder Prüfungen noch genehmigte Antworten sagen, was besser ist: Wählen Sie Zeile für Zeile die bessere Antwort.</translation>
    </message>
    <message>
        <source>No column is ticked.</source>
        <translation>Keine Spalte ist angekreuzt.</translation>
    </message>
    <message>
        <source>No command has these letters.</source>
        <translation>Kein Befehl hat diese Buchstaben.</translation>
    </message>
    <message>
        <source>No computer is known as {host}. Check the network and base_url.</source>
        <translation>Kein Rechner ist als {host} bekannt. Prüfen Sie das Netz und base_url.</translation>
    </message>
    <message>
        <source>No key was found: the simulated provider answers, free, and makes all of it up.</source>
        <translation>Kein Schlüssel wurde gefunden: der simulierte Anbieter antwortet, kostenlos, und erfindet alles.</translation>
    </message>
    <message>
        <source>No picture: {why}.</source>
        <translation>Kein Bild: {why}.</translation>
    </message>
    <message>
        <source>No price is known for {models}.</source>
        <translation>Für {models} ist kein Preis bekannt.</translation>
    </message>
    <message>
        <source>No row failed</source>
        <translation>Keine Zeile schlug fehl</translation>
    </message>
    <message>
        <source>No row failed.</source>
        <translation>Keine Zeile schlug fehl.</translation>
    </message>
    <message>
        <source>No row fits the filter.
Ctrl+Shift+F shows all rows.</source>
        <translation>Keine Zeile passt zum Filter.
Ctrl+Shift+F zeigt alle Zeilen.</translation>
    </message>
    <message>
        <source>No row has failed.</source>
        <translation>Keine Zeile ist fehlgeschlagen.</translation>
    </message>
    <message>
        <source>No row is approved yet.</source>
        <translation>Noch keine Zeile ist angenommen.</translation>
    </message>
    <message>
        <source>No row is chosen: there is nothing to run.</source>
        <translation>Keine Zeile ist gewählt: es gibt nichts auszuführen.</translation>
    </message>
    <message>
        <source>No row is doubtful.</source>
        <translation>Keine Zeile ist zweifelhaft.</translation>
    </message>
    <message>
        <source>No row is rejected.</source>
        <translation>Keine Zeile ist abgelehnt.</translation>
    </message>
    <message>
        <source>No row is selected in the table.</source>
        <translation>Keine Zeile ist in der Tabelle ausgewählt.</translation>
    </message>
    <message>
        <source>No row is selected. Select rows in the table, or run all rows.</source>
        <translation>Keine Zeile ist ausgewählt. Wählen Sie Zeilen in der Tabelle, oder führen Sie alle aus.</translation>
    </message>
    <message>
        <source>No row selected</source>
        <translation>Keine Zeile ausgewählt</translation>
    </message>
    <message>
        <source>No run is chosen.</source>
        <translation>Kein Lauf ist gewählt.</translation>
    </message>
    <message>
        <source>No run is going on.</source>
        <translation>Kein Lauf ist im Gange.</translation>
    </message>
    <message>
        <source>No run is older than {days}.</source>
        <translation>Kein Lauf ist älter als {days}.</translation>
    </message>
    <message>
        <source>No secure connection to {host} could be made. Check base_url.</source>
        <translation>Zu {host} kam keine sichere Verbindung zustande. Prüfen Sie base_url.</translation>
    </message>
    <message>
        <source>No workbook</source>
        <translation>Keine Arbeitsmappe</translation>
    </message>
    <message>
        <source>None read yet.</source>
        <translation>Noch keine gelesen.</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>Noch keine</translation>
    </message>
    <message>
        <source>Not encrypted</source>
        <translation>Unverschlüsselt</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Nicht jetzt</translation>
    </message>
    <message>
        <source>Not possible now.</source>
        <translation>Jetzt nicht möglich.</translation>
    </message>
    <message>
        <source>Not reviewed</source>
        <translation>Ungeprüft</translation>
    </message>
    <message>
        <source>Not there yet: {steps}. A trial asks for it first.</source>
        <translation>Noch nicht da: {steps}. Eine Probe fragt zuerst danach.</translation>
    </message>
    <message>
        <source>Notes on the prompt</source>
        <translation>Bemerkungen zum Prompt</translation>
    </message>
    <message>
        <source>Nothing is taken away by itself. Clean up… asks first.</source>
        <translation>Nichts verschwindet von selbst. Aufräumen… fragt zuerst.</translation>
    </message>
    <message>
        <source>Nothing is to be done: its inputs are blank, or no step&apos;s condition holds.</source>
        <translation>Es ist nichts zu tun: ihre Eingaben sind leer, oder keine Bedingung gilt.</translation>
    </message>
    <message>
        <source>Nothing is unread.</source>
        <translation>Nichts ist ungelesen.</translation>
    </message>
    <message>
        <source>Nothing to run: the rows that failed have their answers of earlier runs.</source>
        <translation>Nichts auszuführen: die fehlgeschlagenen Zeilen haben Antworten aus früheren Läufen.</translation>
    </message>
    <message>
        <source>Nothing to run: {rows} chosen, and all their answers are there.</source>
        <translation>Nichts auszuführen: {rows} gewählt, und alle Antworten sind da.</translation>
    </message>
    <message>
        <source>Nothing to show: every value is 0 or unknown</source>
        <translation>Nichts zu zeigen: jeder Wert ist 0 oder unbekannt</translation>
    </message>
    <message>
        <source>Nothing was asked for it yet, or something is missing: Run asks.</source>
        <translation>Es wurde noch nichts gefragt, oder etwas fehlt: Ausführen fragt.</translation>
    </message>
    <message>
        <source>Now choose a chain: it says which model calls to make for each row.</source>
        <translation>Wählen Sie nun eine Kette: sie sagt, welche Modellaufrufe für jede Zeile gemacht werden.</translation>
    </message>
    <message>
        <source>Of that {cost} gave nothing that can be used.</source>
        <translation>Davon brachten {cost} nichts Brauchbares.</translation>
    </message>
    <message>
        <source>Of {rest} that are done and not reviewed none is doubtful.</source>
        <translation>Von {rest}, die fertig und nicht geprüft sind, ist keine zweifelhaft.</translation>
    </message>
    <message>
        <source>Off topic</source>
        <translation>Am Thema vorbei</translation>
    </message>
    <message>
        <source>Older than {days}: {cleanable_text}. The journal takes {was}.

These answers were paid for: if their rows are run again, they have to be paid for again. This cannot be undone. What was exported stays in its files.</source>
        <translation>Älter als {days}: {cleanable_text}. Das Journal braucht {was}.

Diese Antworten wurden bezahlt: werden ihre Zeilen noch einmal ausgeführt, kosten sie noch einmal. Das lässt sich nicht rückgängig machen. Was exportiert ist, bleibt in seinen Dateien.</translation>
    </message>
    <message>
        <source>On</source>
        <translation>An</translation>
    </message>
    <message>
        <source>One column</source>
        <translation>Eine Spalte</translation>
    </message>
    <message>
        <source>One file for each row</source>
        <translation>Eine Datei für jede Zeile</translation>
    </message>
    <message>
        <source>Only &amp;what differs</source>
        <translation>Nur &amp;Unterschiede</translation>
    </message>
    <message>
        <source>Only approved: {n}</source>
        <translation>Nur angenommene: {n}</translation>
    </message>
    <message>
        <source>Only blanks and signs differ.</source>
        <translation>Nur Leerzeichen und Satzzeichen sind verschieden.</translation>
    </message>
    <message>
        <source>Only for this session</source>
        <translation>Nur für diese Sitzung</translation>
    </message>
    <message>
        <source>Only if</source>
        <translation>Nur wenn</translation>
    </message>
    <message>
        <source>Only our columns are written; the workbook as it is now is kept as a backup.</source>
        <translation>Nur unsere Spalten werden geschrieben; die Arbeitsmappe, wie sie jetzt ist, bleibt als Sicherung.</translation>
    </message>
    <message>
        <source>Only the step</source>
        <translation>Nur den Schritt</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open &amp;chain…</source>
        <translation>&amp;Kette öffnen…</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Open &amp;report page</source>
        <translation>&amp;Bericht öffnen</translation>
    </message>
    <message>
        <source>Open a chain</source>
        <translation>Eine Kette öffnen</translation>
    </message>
    <message>
        <source>Open a chain file…</source>
        <translation>Eine Kettendatei öffnen…</translation>
    </message>
    <message>
        <source>Open a workbook</source>
        <translation>Eine Arbeitsmappe öffnen</translation>
    </message>
    <message>
        <source>Open a workbook first.</source>
        <translation>Öffnen Sie zuerst eine Arbeitsmappe.</translation>
    </message>
    <message>
        <source>Open a workbook with its chain first.</source>
        <translation>Öffnen Sie zuerst eine Arbeitsmappe mit ihrer Kette.</translation>
    </message>
    <message>
        <source>Open a workbook with rows: the prompt is shown here as it is sent for one of them.</source>
        <translation>Öffnen Sie eine Arbeitsmappe mit Zeilen: hier steht der Prompt, wie er für eine davon gesendet wird.</translation>
    </message>
    <message>
        <source>Open a workbook: the prompt is shown here as it is sent for a row.</source>
        <translation>Öffnen Sie eine Arbeitsmappe: hier steht der Prompt, wie er für eine Zeile gesendet wird.</translation>
    </message>
    <message>
        <source>Open a workbook…</source>
        <translation>Mappe öffnen…</translation>
    </message>
    <message>
        <source>Open again:</source>
        <translation>Wieder öffnen:</translation>
    </message>
    <message>
        <source>Open it there</source>
        <translation>Dort öffnen</translation>
    </message>
    <message>
        <source>Open keys…</source>
        <translation>Schlüssel öffnen…</translation>
    </message>
    <message>
        <source>Open the &amp;log folder</source>
        <translation>&amp;Protokollordner öffnen</translation>
    </message>
    <message>
        <source>Opening {name}…</source>
        <translation>Öffnet {name}…</translation>
    </message>
    <message>
        <source>Order by dou&amp;bt</source>
        <translation>Nach Zweifel &amp;ordnen</translation>
    </message>
    <message>
        <source>Order of the &amp;sheet</source>
        <translation>&amp;Reihenfolge des Blatts</translation>
    </message>
    <message>
        <source>Order of the rows</source>
        <translation>Reihenfolge der Zeilen</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>Andere</translation>
    </message>
    <message>
        <source>Other parameters</source>
        <translation>Weitere Parameter</translation>
    </message>
    <message>
        <source>Outages waited out, minutes</source>
        <translation>Ausfälle abwarten, Minuten</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Outputs only</source>
        <translation>Nur Ausgaben</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Kennwort</translation>
    </message>
    <message>
        <source>Past runs: their reports, their exports, how long to keep them</source>
        <translation>Frühere Läufe: Berichte, Exporte, wie lange sie bleiben</translation>
    </message>
    <message>
        <source>Paste the key here</source>
        <translation>Den Schlüssel hier einfügen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Pay again for all answers of the rows that you rejected</source>
        <translation>Für alle Antworten der abgelehnten Zeilen noch einmal bezahlen</translation>
    </message>
    <message>
        <source>Pay again for all of them…</source>
        <translation>Für alle noch einmal bezahlen…</translation>
    </message>
    <message>
        <source>Pay again for every answer</source>
        <translation>Für jede Antwort noch einmal bezahlen</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>Pictures (*.png *.svg)</source>
        <translation>Bilder (*.png *.svg)</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Press “{again}” then, or give a key “{set_session}”.</source>
        <translation>Drücken Sie dann „{again}“, oder geben Sie einen Schlüssel „{set_session}“.</translation>
    </message>
    <message>
        <source>Previous row (Alt+Up, or K in the table)</source>
        <translation>Vorige Zeile (Alt+Up, oder K in der Tabelle)</translation>
    </message>
    <message>
        <source>Price and list of the models</source>
        <translation>Preis und Liste der Modelle</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Progress of the review</source>
        <translation>Fortschritt der Prüfung</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Prompt as it is sent</source>
        <translation>Prompt, wie er gesendet wird</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>Provider whose settings are shown</source>
        <translation>Anbieter, dessen Einstellungen gezeigt werden</translation>
    </message>
    <message>
        <source>Providers</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>Put the cursor into a step: its prompt is shown here.</source>
        <translation>Setzen Sie den Cursor in einen Schritt: hier steht sein Prompt.</translation>
    </message>
    <message>
        <source>Put the prompts, outputs and error messages in too</source>
        <translation>Auch Prompts, Ausgaben und Fehlermeldungen hineinlegen</translation>
    </message>
    <message>
        <source>Put {name} into the prompt: click, or drag it there</source>
        <translation>{name} in den Prompt setzen: klicken oder dorthin ziehen</translation>
    </message>
    <message>
        <source>Puts an apostrophe before such texts, so that no spreadsheet program takes one for a formula.</source>
        <translation>Setzt ein Apostroph vor solche Texte, damit kein Tabellenprogramm einen für eine Formel hält.</translation>
    </message>
    <message>
        <source>Qt</source>
        <translation>Qt</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>Eingereiht</translation>
    </message>
    <message>
        <source>Ra&amp;w text</source>
        <translation>Roher Te&amp;xt</translation>
    </message>
    <message>
        <source>Re&amp;do</source>
        <translation>&amp;Wiederherstellen</translation>
    </message>
    <message>
        <source>Re&amp;ject with a reason…</source>
        <translation>&amp;Mit Grund ablehnen…</translation>
    </message>
    <message>
        <source>Re&amp;view</source>
        <translation>&amp;Prüfen</translation>
    </message>
    <message>
        <source>Read a random sample of the rows that are not doubtful</source>
        <translation>Eine zufällige Auswahl der Zeilen lesen, die nicht zweifelhaft sind</translation>
    </message>
    <message>
        <source>Read and review in the whole window</source>
        <translation>Im ganzen Fenster lesen und prüfen</translation>
    </message>
    <message>
        <source>Read it so</source>
        <translation>So lesen</translation>
    </message>
    <message>
        <source>Read the sheet again from the disk</source>
        <translation>Das Blatt noch einmal von der Platte lesen</translation>
    </message>
    <message>
        <source>Read the workbook &amp;again</source>
        <translation>Arbeitsmappe neu &amp;lesen</translation>
    </message>
    <message>
        <source>Reading the rows…</source>
        <translation>Die Zeilen werden gelesen…</translation>
    </message>
    <message>
        <source>Reading the sheet</source>
        <translation>Das Blatt wird gelesen</translation>
    </message>
    <message>
        <source>Reading {name}…</source>
        <translation>Liest {name}…</translation>
    </message>
    <message>
        <source>Reading: {rows} so far</source>
        <translation>Liest: {rows} bis jetzt</translation>
    </message>
    <message>
        <source>Reasoning effort</source>
        <translation>Denkaufwand</translation>
    </message>
    <message>
        <source>Redo (Ctrl+Shift+Z, Ctrl+Y)</source>
        <translation>Wiederherstellen (Ctrl+Shift+Z, Ctrl+Y)</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>Reject the row (R in the table)</source>
        <translation>Die Zeile ablehnen (R in der Tabelle)</translation>
    </message>
    <message>
        <source>Reject the row and say why (Shift+R in the table)</source>
        <translation>Die Zeile ablehnen und sagen warum (Shift+R in der Tabelle)</translation>
    </message>
    <message>
        <source>Reject the {rows:,} selected rows (R)</source>
        <translation>Die {rows:,} ausgewählten Zeilen ablehnen (R)</translation>
    </message>
    <message>
        <source>Reject this row (R)</source>
        <translation>Diese Zeile ablehnen (R)</translation>
    </message>
    <message>
        <source>Reject {rows}</source>
        <translation>{rows} ablehnen</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Abgelehnt</translation>
    </message>
    <message>
        <source>Rejection</source>
        <translation>Ablehnung</translation>
    </message>
    <message>
        <source>Remove the field {name}</source>
        <translation>Das Feld {name} entfernen</translation>
    </message>
    <message>
        <source>Remove the step (Ctrl+Shift+Delete)</source>
        <translation>Den Schritt entfernen (Ctrl+Shift+Delete)</translation>
    </message>
    <message>
        <source>Rename the step</source>
        <translation>Den Schritt umbenennen</translation>
    </message>
    <message>
        <source>Rename there, too</source>
        <translation>Auch dort umbenennen</translation>
    </message>
    <message>
        <source>Renamed. Answers that &quot;{old}&quot; has so far stay under that name: a run asks &quot;{new}&quot; anew.</source>
        <translation>Umbenannt. Bisherige Antworten von „{old}“ bleiben unter diesem Namen: ein Lauf fragt „{new}“ neu.</translation>
    </message>
    <message>
        <source>Repair the journal</source>
        <translation>Das Journal reparieren</translation>
    </message>
    <message>
        <source>Repairing the journal…</source>
        <translation>Repariert das Journal…</translation>
    </message>
    <message>
        <source>Replace in the keyring</source>
        <translation>Im Schlüsselbund ersetzen</translation>
    </message>
    <message>
        <source>Replace it</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Replace the file that is there</source>
        <translation>Die vorhandene Datei ersetzen</translation>
    </message>
    <message>
        <source>Replace {n} files</source>
        <translation>{n} Dateien ersetzen</translation>
    </message>
    <message>
        <source>Rerun</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>Rerun of {rows}</source>
        <translation>Neulauf von {rows}</translation>
    </message>
    <message>
        <source>Rerun of {rows} with a note</source>
        <translation>Neu mit Notiz: {rows}</translation>
    </message>
    <message>
        <source>Rerun with a no&amp;te…</source>
        <translation>Mit No&amp;tiz neu ausführen…</translation>
    </message>
    <message>
        <source>Rerun {step} with a note</source>
        <translation>{step} mit Notiz neu ausführen</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Retry &amp;failed</source>
        <translation>&amp;Fehlgeschlagene wiederholen</translation>
    </message>
    <message>
        <source>Retry failed</source>
        <translation>Fehlgeschlagene wiederholen</translation>
    </message>
    <message>
        <source>Revert</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Review withdrawn of</source>
        <translation>Urteil zurückgenommen für</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Rechts</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>Row {number}</source>
        <translation>Zeile {number}</translation>
    </message>
    <message>
        <source>Row {number}  ·  {key}</source>
        <translation>Zeile {number}  ·  {key}</translation>
    </message>
    <message>
        <source>Row {row} waits.</source>
        <translation>Zeile {row} wartet.</translation>
    </message>
    <message>
        <source>Row {row}, {step}: {times}</source>
        <translation>Zeile {row}, {step}: {times}</translation>
    </message>
    <message>
        <source>Row {row}: asking {step}…</source>
        <translation>Zeile {row}: {step} wird gefragt…</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Rows at once</source>
        <translation>Zeilen zugleich</translation>
    </message>
    <message>
        <source>Rows drawn at random say what those are worth that nobody reads.</source>
        <translation>Zufällig gezogene Zeilen sagen, was die wert sind, die niemand liest.</translation>
    </message>
    <message>
        <source>Rows shown</source>
        <translation>Gezeigte Zeilen</translation>
    </message>
    <message>
        <source>Rows side by side over {time}, a bar for each call: {shown}.</source>
        <translation>Zeilen nebeneinander über {time}, ein Balken je Aufruf: {shown}.</translation>
    </message>
    <message>
        <source>Rows that ask the same</source>
        <translation>Zeilen, die dasselbe fragen</translation>
    </message>
    <message>
        <source>Rows that changed</source>
        <translation>Geänderte Zeilen</translation>
    </message>
    <message>
        <source>Rows to compare</source>
        <translation>Zu vergleichende Zeilen</translation>
    </message>
    <message>
        <source>Rows to read</source>
        <translation>Zu lesende Zeilen</translation>
    </message>
    <message>
        <source>Rows to read:</source>
        <translation>Zu lesende Zeilen:</translation>
    </message>
    <message>
        <source>Rows to run</source>
        <translation>Zeilen zum Ausführen</translation>
    </message>
    <message>
        <source>Rows {rows}</source>
        <translation>Zeilen {rows}</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>Run a chain of model calls over every row of a workbook</source>
        <translation>Modellaufrufe über jede Zeile einer Arbeitsmappe</translation>
    </message>
    <message>
        <source>Run again &amp;from</source>
        <translation>Neu ausführen a&amp;b</translation>
    </message>
    <message>
        <source>Run all from s&amp;cratch…</source>
        <translation>Alles von &amp;vorn ausführen…</translation>
    </message>
    <message>
        <source>Run finished: {count_words}.</source>
        <translation>Lauf beendet: {count_words}.</translation>
    </message>
    <message>
        <source>Run first: what is out in batch jobs belongs to a run.</source>
        <translation>Erst ausführen: Was in Batch-Aufträgen unterwegs ist, gehört zu einem Lauf.</translation>
    </message>
    <message>
        <source>Run just the first three rows</source>
        <translation>Nur die ersten drei Zeilen ausführen</translation>
    </message>
    <message>
        <source>Run stopped: {count_words}. Everything finished is kept; Run goes on from there.</source>
        <translation>Lauf angehalten: {count_words}. Alles Fertige bleibt; Ausführen macht dort weiter.</translation>
    </message>
    <message>
        <source>Run the &amp;selected rows</source>
        <translation>A&amp;usgewählte Zeilen ausführen</translation>
    </message>
    <message>
        <source>Run the chosen rows (Ctrl+R or F5)</source>
        <translation>Die gewählten Zeilen ausführen (Ctrl+R oder F5)</translation>
    </message>
    <message>
        <source>Run the failed rows again, from the step that failed</source>
        <translation>Die fehlgeschlagenen Zeilen noch einmal ausführen, ab dem Schritt, der fehlschlug</translation>
    </message>
    <message>
        <source>Run the re&amp;jected rows again…</source>
        <translation>Ab&amp;gelehnte Zeilen neu ausführen…</translation>
    </message>
    <message>
        <source>Run the rest</source>
        <translation>Den Rest ausführen</translation>
    </message>
    <message>
        <source>Run the selected rows</source>
        <translation>Die ausgewählten Zeilen ausführen</translation>
    </message>
    <message>
        <source>Run the selected rows again (Shift+F5 runs what is missing of them)</source>
        <translation>Die ausgewählten Zeilen neu ausführen (Shift+F5 führt aus, was fehlt)</translation>
    </message>
    <message>
        <source>Run the {approved:,} approved too…</source>
        <translation>Auch die {approved:,} angenommenen ausführen…</translation>
    </message>
    <message>
        <source>Run this step again, and the later ones that use it</source>
        <translation>Diesen Schritt neu ausführen, und die späteren, die ihn benutzen</translation>
    </message>
    <message>
        <source>Run what is missing of the row, or pay again for all of it (T in the table)</source>
        <translation>Ausführen, was der Zeile fehlt, oder für alles noch einmal bezahlen (T in der Tabelle)</translation>
    </message>
    <message>
        <source>Run {a} ({chain_a}) is A, run {b} ({chain_b}) is B: {rows} changed.</source>
        <translation>Lauf {a} ({chain_a}) ist A, Lauf {b} ({chain_b}) ist B: {rows} geändert.</translation>
    </message>
    <message>
        <source>Run {a} and run {b}</source>
        <translation>Lauf {a} und Lauf {b}</translation>
    </message>
    <message>
        <source>Run {id}: {chain} over {name} ({sheet})</source>
        <translation>Lauf {id}: {chain} über {name} ({sheet})</translation>
    </message>
    <message>
        <source>Run {rows}: {calls}</source>
        <translation>{rows} ausführen: {calls}</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Runs chains of model calls over the rows of a workbook, side by side, and keeps every answer that was paid for.</source>
        <translation>Führt Ketten von Modellaufrufen über die Zeilen einer Arbeitsmappe aus, nebeneinander, und behält jede bezahlte Antwort.</translation>
    </message>
    <message>
        <source>Sample of the text</source>
        <translation>Probe des Textes</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Save an edit</source>
        <translation>Änderung speichern</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>Speichern als</translation>
    </message>
    <message>
        <source>Save as template</source>
        <translation>Als Vorlage speichern</translation>
    </message>
    <message>
        <source>Save as template…</source>
        <translation>Als Vorlage speichern…</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern als…</translation>
    </message>
    <message>
        <source>Save it as…</source>
        <translation>Speichern als…</translation>
    </message>
    <message>
        <source>Save the bundle</source>
        <translation>Das Paket speichern</translation>
    </message>
    <message>
        <source>Save the chain</source>
        <translation>Die Kette speichern</translation>
    </message>
    <message>
        <source>Save the chain and use it (Ctrl+S)</source>
        <translation>Die Kette speichern und benutzen (Ctrl+S)</translation>
    </message>
    <message>
        <source>Save the completed workbook beside the original</source>
        <translation>Die fertige Arbeitsmappe neben dem Original speichern</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <translation>Das Bild speichern</translation>
    </message>
    <message>
        <source>Save the picture as PNG or SVG</source>
        <translation>Das Bild als PNG oder SVG speichern</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>Den Bericht speichern</translation>
    </message>
    <message>
        <source>Save your copy as</source>
        <translation>Ihre Kopie speichern als</translation>
    </message>
    <message>
        <source>Save your text (Ctrl+Return)</source>
        <translation>Ihren Text speichern (Ctrl+Return)</translation>
    </message>
    <message>
        <source>Saved as the template &quot;{name}&quot;.</source>
        <translation>Als Vorlage „{name}“ gespeichert.</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>Gespeichert: {path}</translation>
    </message>
    <message>
        <source>Saved: {saved}</source>
        <translation>Gespeichert: {saved}</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Speichern…</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>Speichert…</translation>
    </message>
    <message>
        <source>Say where it is…</source>
        <translation>Sagen, wo sie ist…</translation>
    </message>
    <message>
        <source>Say where to save it.</source>
        <translation>Sagen Sie, wohin gespeichert wird.</translation>
    </message>
    <message>
        <source>Search inputs and outputs</source>
        <translation>Eingaben und Ausgaben durchsuchen</translation>
    </message>
    <message>
        <source>Search the inputs</source>
        <translation>Die Eingaben durchsuchen</translation>
    </message>
    <message>
        <source>Search the rows</source>
        <translation>Die Zeilen durchsuchen</translation>
    </message>
    <message>
        <source>Searching the outputs…</source>
        <translation>Die Ausgaben werden durchsucht…</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Selected row</source>
        <translation>Ausgewählte Zeile</translation>
    </message>
    <message>
        <source>Selected rows</source>
        <translation>Ausgewählte Zeilen</translation>
    </message>
    <message>
        <source>Selected: {n}</source>
        <translation>Ausgewählte: {n}</translation>
    </message>
    <message>
        <source>Semicolon</source>
        <translation>Semikolon</translation>
    </message>
    <message>
        <source>Send a key</source>
        <translation>Einen Schlüssel senden</translation>
    </message>
    <message>
        <source>Sends about {tokens}</source>
        <translation>Sendet etwa {tokens}</translation>
    </message>
    <message>
        <source>Sent tokens a minute</source>
        <translation>Gesendete Token je Minute</translation>
    </message>
    <message>
        <source>Servers of your own, and limits of those that the chain asks</source>
        <translation>Eigene Server, und Grenzen der Anbieter, die die Kette fragt</translation>
    </message>
    <message>
        <source>Sheet</source>
        <translation>Blatt</translation>
    </message>
    <message>
        <source>Shorter</source>
        <translation>Kürzer</translation>
    </message>
    <message>
        <source>Show a&amp;ll rows</source>
        <translation>Alle Zeilen &amp;zeigen</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>Show all columns</source>
        <translation>Alle Spalten zeigen</translation>
    </message>
    <message>
        <source>Show all columns in their usual places and widths</source>
        <translation>Alle Spalten an ihren üblichen Plätzen und in üblichen Breiten zeigen</translation>
    </message>
    <message>
        <source>Show failed</source>
        <translation>Fehlgeschlagene zeigen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Show only rows by review</source>
        <translation>Zeilen nach Urteil zeigen</translation>
    </message>
    <message>
        <source>Show only rows that are {status}: {number}</source>
        <translation>Nur Zeilen zeigen, die {status} sind: {number}</translation>
    </message>
    <message>
        <source>Show only the rows that are {status}</source>
        <translation>Nur die Zeilen zeigen, die {status} sind</translation>
    </message>
    <message>
        <source>Show only the rows with this review, changed since, doubtful, or in the audit</source>
        <translation>Nur Zeilen zeigen, die so beurteilt, seither geändert, zweifelhaft oder in der Stichprobe sind</translation>
    </message>
    <message>
        <source>Show or hide the panel of the selected row</source>
        <translation>Den Bereich der gewählten Zeile zeigen oder verbergen</translation>
    </message>
    <message>
        <source>Show outputs as they are, not as formatted text (M in the table)</source>
        <translation>Ausgaben zeigen, wie sie sind, nicht als formatierten Text (M in der Tabelle)</translation>
    </message>
    <message>
        <source>Show rows</source>
        <translation>Zeilen zeigen</translation>
    </message>
    <message>
        <source>Show the YAML</source>
        <translation>Das YAML zeigen</translation>
    </message>
    <message>
        <source>Show the history</source>
        <translation>Den Verlauf zeigen</translation>
    </message>
    <message>
        <source>Show the last one</source>
        <translation>Die letzte zeigen</translation>
    </message>
    <message>
        <source>Show the picture</source>
        <translation>Das Bild zeigen</translation>
    </message>
    <message>
        <source>Show the rows by what the current column holds</source>
        <translation>Die Zeilen nach dem Inhalt der Spalte zeigen</translation>
    </message>
    <message>
        <source>Show the rows first whose answers are most to be doubted</source>
        <translation>Zuerst die Zeilen zeigen, deren Antworten am zweifelhaftesten sind</translation>
    </message>
    <message>
        <source>Show the rows of the newest audit</source>
        <translation>Die Zeilen der neuesten Stichprobe zeigen</translation>
    </message>
    <message>
        <source>Show the whole text of the cell above the table (Space in the table)</source>
        <translation>Den ganzen Text der Zelle über der Tabelle zeigen (Leertaste in der Tabelle)</translation>
    </message>
    <message>
        <source>Show this text from now on; it counts as your edit, and can be undone</source>
        <translation>Ab jetzt diesen Text zeigen; er gilt als Ihre Änderung und lässt sich rückgängig machen</translation>
    </message>
    <message>
        <source>Show “{column}”</source>
        <translation>„{column}“ zeigen</translation>
    </message>
    <message>
        <source>Simpler words</source>
        <translation>Einfachere Wörter</translation>
    </message>
    <message>
        <source>Size of the journal</source>
        <translation>Größe des Journals</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>Übersprungen</translation>
    </message>
    <message>
        <source>So many rows by chance, the same ones each time: more rows go on from fewer</source>
        <translation>So viele zufällige Zeilen, jedes Mal dieselben: Mehr Zeilen setzen weniger fort</translation>
    </message>
    <message>
        <source>Something speaks against an answer, and nobody has reviewed it: the tip says why.</source>
        <translation>Etwas spricht gegen eine Antwort, und niemand hat sie geprüft: Der Hinweis sagt, was.</translation>
    </message>
    <message>
        <source>Sort &amp;ascending</source>
        <translation>&amp;Aufsteigend sortieren</translation>
    </message>
    <message>
        <source>Sort &amp;descending</source>
        <translation>A&amp;bsteigend sortieren</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Speed and price</source>
        <translation>Tempo und Preis</translation>
    </message>
    <message>
        <source>Speed-up</source>
        <translation>Beschleunigung</translation>
    </message>
    <message>
        <source>Speeds that the server has</source>
        <translation>Tempi, die der Server hat</translation>
    </message>
    <message>
        <source>Spend</source>
        <translation>Ausgaben</translation>
    </message>
    <message>
        <source>Spent in all: {cost}.</source>
        <translation>Insgesamt ausgegeben: {cost}.</translation>
    </message>
    <message>
        <source>St&amp;op</source>
        <translation>A&amp;nhalten</translation>
    </message>
    <message>
        <source>Stale: it has answers to inputs, prompts or edits that have changed since. A run asks again.</source>
        <translation>Veraltet: sie hat Antworten auf Eingaben, Prompts oder Änderungen, die seitdem anders sind. Ein Lauf fragt noch einmal.</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Start no new call; those under way finish</source>
        <translation>Keinen neuen Aufruf beginnen; laufende enden</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>State of the chain</source>
        <translation>Zustand der Kette</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Step with another model</source>
        <translation>Schritt mit anderem Modell</translation>
    </message>
    <message>
        <source>Step {number} of {count}: {name}</source>
        <translation>Schritt {number} von {count}: {name}</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Steps, failures and slowest rows</source>
        <translation>Schritte, Fehler und langsamste Zeilen</translation>
    </message>
    <message>
        <source>Still opening. Run when the rows are there.</source>
        <translation>Wird noch geöffnet. Führen Sie aus, wenn die Zeilen da sind.</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>Anhalten und schließen</translation>
    </message>
    <message>
        <source>Stop and edit the chain</source>
        <translation>Anhalten und die Kette bearbeiten</translation>
    </message>
    <message>
        <source>Stop reading this sheet and close it</source>
        <translation>Das Lesen abbrechen und das Blatt schließen</translation>
    </message>
    <message>
        <source>Stop the run</source>
        <translation>Den Lauf anhalten</translation>
    </message>
    <message>
        <source>Stop the run and close ChainDesk?

{finished} {kept}{cut}

{ahead}</source>
        <translation>Den Lauf anhalten und ChainDesk schließen?

{finished} {kept}{cut}

{ahead}</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Hält an…</translation>
    </message>
    <message>
        <source>Submitted</source>
        <translation>Eingereicht</translation>
    </message>
    <message>
        <source>Submitted to {provider} as a batch job at {time}.</source>
        <translation>Um {time} als Batch-Auftrag an {provider} eingereicht.</translation>
    </message>
    <message>
        <source>Submitted to {provider} as batch job {id} at {time}.</source>
        <translation>Um {time} als Batch-Auftrag {id} an {provider} eingereicht.</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>T&amp;hree lines a row</source>
        <translation>&amp;Drei Zeilen Text</translation>
    </message>
    <message>
        <source>Tab</source>
        <translation>Tabulator</translation>
    </message>
    <message>
        <source>Take all filters away</source>
        <translation>Alle Filter wegnehmen</translation>
    </message>
    <message>
        <source>Take all filters away (Ctrl+Shift+F)</source>
        <translation>Alle Filter wegnehmen (Ctrl+Shift+F)</translation>
    </message>
    <message>
        <source>Take check {number} away</source>
        <translation>Prüfung {number} entfernen</translation>
    </message>
    <message>
        <source>Take the changes in</source>
        <translation>Änderungen übernehmen</translation>
    </message>
    <message>
        <source>Take the filter away: {filter}</source>
        <translation>Filter wegnehmen: {filter}</translation>
    </message>
    <message>
        <source>Take the last judgement or edit back</source>
        <translation>Das letzte Urteil oder die letzte Änderung zurücknehmen</translation>
    </message>
    <message>
        <source>Take them away</source>
        <translation>Wegnehmen</translation>
    </message>
    <message>
        <source>Take this filter away</source>
        <translation>Diesen Filter wegnehmen</translation>
    </message>
    <message>
        <source>Tell the model what to change, and ask again with its answer (Shift+T in the table)</source>
        <translation>Dem Modell sagen, was zu ändern ist, und mit seiner Antwort noch einmal fragen (Shift+T in der Tabelle)</translation>
    </message>
    <message>
        <source>Tell when a run en&amp;ds</source>
        <translation>Das Ende eines Laufs &amp;melden</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Text of the cell</source>
        <translation>Text der Zelle</translation>
    </message>
    <message>
        <source>Text of the version</source>
        <translation>Text der Fassung</translation>
    </message>
    <message>
        <source>Th&amp;eme</source>
        <translation>Fa&amp;rben</translation>
    </message>
    <message>
        <source>That includes what it needs first: {steps}.</source>
        <translation>Das schließt ein, was er zuerst braucht: {steps}.</translation>
    </message>
    <message>
        <source>That is more than a million dollars. Leave the field empty for no limit.</source>
        <translation>Das ist mehr als eine Million Dollar. Lassen Sie das Feld leer für keine Grenze.</translation>
    </message>
    <message>
        <source>That password does not open {name}. Try again:</source>
        <translation>Dieses Kennwort öffnet {name} nicht. Noch einmal:</translation>
    </message>
    <message>
        <source>The account at {name} has nothing left ({status}){told}. Add credit or raise its limit, then go on.</source>
        <translation>Das Konto bei {name} ist leer ({status}){told}. Laden Sie es auf, oder erhöhen Sie seine Grenze, dann geht es weiter.</translation>
    </message>
    <message>
        <source>The answer does not fit the step&apos;s fields, even when asked again: {told}</source>
        <translation>Die Antwort passt nicht zu den Feldern des Schritts, auch auf Nachfrage nicht: {told}</translation>
    </message>
    <message>
        <source>The answer was cut at the output limit before its fields were complete. Raise the step&apos;s max_output_tokens, or ask for less.</source>
        <translation>Die Antwort wurde an der Ausgabegrenze abgeschnitten, ehe ihre Felder vollständig waren. Erhöhen Sie max_output_tokens des Schritts, oder verlangen Sie weniger.</translation>
    </message>
    <message>
        <source>The batch jobs are over: {rows} collected. Every row has its answers.</source>
        <translation>Die Batch-Aufträge sind beendet: {rows} abgeholt. Jede Zeile hat ihre Antworten.</translation>
    </message>
    <message>
        <source>The batch jobs are over: {rows} collected. Run goes on from there.</source>
        <translation>Die Batch-Aufträge sind beendet: {rows} abgeholt. Ausführen macht dort weiter.</translation>
    </message>
    <message>
        <source>The budget of {budget} is reached: {spent} is spent, and the next call may cost up to {cost}. Raise the budget to go on; everything finished is kept.</source>
        <translation>Das Budget von {budget} ist erreicht: {spent} sind ausgegeben, und der nächste Aufruf kostet bis zu {cost}. Erhöhen Sie das Budget, dann geht es weiter; alles Fertige bleibt.</translation>
    </message>
    <message>
        <source>The budget was {budget}.</source>
        <translation>Das Budget war {budget}.</translation>
    </message>
    <message>
        <source>The chain cannot run yet. {first}{message}{more}</source>
        <translation>Die Kette kann noch nicht laufen. {first}{message}{more}</translation>
    </message>
    <message>
        <source>The chain does not fit this sheet yet. Edit the chain, or choose another.</source>
        <translation>Die Kette passt noch nicht zu diesem Blatt. Bearbeiten Sie sie, oder wählen Sie eine andere.</translation>
    </message>
    <message>
        <source>The chain has mistakes. The prompt is shown once it can be read.</source>
        <translation>Die Kette hat Fehler. Der Prompt steht hier, sobald sie gelesen werden kann.</translation>
    </message>
    <message>
        <source>The chain has no check that could be compared with your reviews.</source>
        <translation>Die Kette hat keine Prüfung, die sich mit Ihren Urteilen vergleichen ließe.</translation>
    </message>
    <message>
        <source>The colours of the window</source>
        <translation>Die Farben des Fensters</translation>
    </message>
    <message>
        <source>The connection to {host} failed. Check the network.</source>
        <translation>Die Verbindung zu {host} ist gescheitert. Prüfen Sie das Netz.</translation>
    </message>
    <message>
        <source>The example cannot be copied to {target}: {strerror}.</source>
        <translation>Das Beispiel kann nicht nach {target} kopiert werden: {strerror}.</translation>
    </message>
    <message>
        <source>The field is renamed, and {places}.</source>
        <translation>Das Feld ist umbenannt, und {places}.</translation>
    </message>
    <message>
        <source>The first rows as they are read</source>
        <translation>Die ersten Zeilen, wie sie gelesen werden</translation>
    </message>
    <message>
        <source>The first {shown} of {all} are shown; chaindesk compare --runs --json has them all.</source>
        <translation>Gezeigt sind die ersten {shown} von {all}; chaindesk compare --runs --json hat sie alle.</translation>
    </message>
    <message>
        <source>The guide that came with ChainDesk, in your browser</source>
        <translation>Das Handbuch, das mit ChainDesk kam, in Ihrem Browser</translation>
    </message>
    <message>
        <source>The inputs had changed as well: {rows}.</source>
        <translation>Auch die Eingaben waren andere: {rows}.</translation>
    </message>
    <message>
        <source>The journal has {answers}, {journal_bytes}</source>
        <translation>Das Journal hat {answers}, {journal_bytes}</translation>
    </message>
    <message>
        <source>The journal has {cleanable_text} older than {days}. They can be cleaned up.</source>
        <translation>Das Journal hat {cleanable_text}, die älter als {days} sind. Sie können aufgeräumt werden.</translation>
    </message>
    <message>
        <source>The key is deleted.</source>
        <translation>Der Schlüssel ist gelöscht.</translation>
    </message>
    <message>
        <source>The key is in the keyring.</source>
        <translation>Der Schlüssel ist im Schlüsselbund.</translation>
    </message>
    <message>
        <source>The key is kept until ChainDesk is closed.</source>
        <translation>Der Schlüssel bleibt, bis ChainDesk geschlossen wird.</translation>
    </message>
    <message>
        <source>The language of the window, from the next start on</source>
        <translation>Die Sprache des Fensters, ab dem nächsten Start</translation>
    </message>
    <message>
        <source>The limit of a day or longer at {name} is reached ({status}){told}.</source>
        <translation>Die Grenze eines Tages oder länger bei {name} ist erreicht ({status}){told}.</translation>
    </message>
    <message>
        <source>The logs are in {folder}</source>
        <translation>Die Protokolle sind in {folder}</translation>
    </message>
    <message>
        <source>The model gets its answer back with what failed.</source>
        <translation>Das Modell bekommt seine Antwort zurück mit dem, was fehlschlug.</translation>
    </message>
    <message>
        <source>The model is of {provider}, whose key is there.</source>
        <translation>Das Modell ist von {provider}, dessen Schlüssel da ist.</translation>
    </message>
    <message>
        <source>The model is that of the chain &quot;{name}&quot;, which you used last.</source>
        <translation>Das Modell ist das der Kette „{name}“, die Sie zuletzt benutzten.</translation>
    </message>
    <message>
        <source>The new language is shown when ChainDesk is started again.</source>
        <translation>Die neue Sprache gilt, wenn ChainDesk neu gestartet wird.</translation>
    </message>
    <message>
        <source>The next row (Alt+Down)</source>
        <translation>Die nächste Zeile (Alt+Down)</translation>
    </message>
    <message>
        <source>The next run goes on from there, and pays for nothing twice.</source>
        <translation>Der nächste Lauf macht dort weiter und bezahlt nichts doppelt.</translation>
    </message>
    <message>
        <source>The page is in your browser.</source>
        <translation>Die Seite ist in Ihrem Browser.</translation>
    </message>
    <message>
        <source>The prompt is shown here, as it is sent for this row, while you write it.</source>
        <translation>Der Prompt steht hier, wie er für diese Zeile gesendet wird, während Sie ihn schreiben.</translation>
    </message>
    <message>
        <source>The prompt is too long for &quot;{model}&quot; ({status}){told}. Shorten the row&apos;s text or choose another model.</source>
        <translation>Der Prompt ist zu lang für „{model}“ ({status}){told}. Kürzen Sie den Text der Zeile, oder wählen Sie ein anderes Modell.</translation>
    </message>
    <message>
        <source>The provider allows only so many requests or tokens in a minute or a day.</source>
        <translation>Der Anbieter erlaubt nur so viele Anfragen oder Token in einer Minute oder am Tag.</translation>
    </message>
    <message>
        <source>The report with all charts, in your browser</source>
        <translation>Der Bericht mit allen Diagrammen, in Ihrem Browser</translation>
    </message>
    <message>
        <source>The row before (Alt+Up)</source>
        <translation>Die Zeile davor (Alt+Up)</translation>
    </message>
    <message>
        <source>The run ended before its turn; what it has is kept, and Run goes on.</source>
        <translation>Der Lauf endete vorher; was sie hat, bleibt, und Ausführen macht weiter.</translation>
    </message>
    <message>
        <source>The run ended early.</source>
        <translation>Der Lauf endete vorzeitig.</translation>
    </message>
    <message>
        <source>The run ended early. {text}</source>
        <translation>Der Lauf endete vorzeitig. {text}</translation>
    </message>
    <message>
        <source>The run goes on with the rows as they were; take the changes in when it has ended.</source>
        <translation>Der Lauf macht mit den Zeilen weiter, wie sie waren; übernehmen Sie die Änderungen, wenn er zu Ende ist.</translation>
    </message>
    <message>
        <source>The run has ended</source>
        <translation>Der Lauf ist zu Ende</translation>
    </message>
    <message>
        <source>The run is paused.</source>
        <translation>Der Lauf macht Pause.</translation>
    </message>
    <message>
        <source>The run of {when} was cut off. {kept}; {left} to go: {parts}.</source>
        <translation>Der Lauf von {when} wurde abgebrochen. {kept}; noch {left}: {parts}.</translation>
    </message>
    <message>
        <source>The run over time, below the table: calls, latency, failures, spend</source>
        <translation>Der Lauf im Verlauf, unter der Tabelle: Aufrufe, Latenz, Fehler, Ausgaben</translation>
    </message>
    <message>
        <source>The sheet is still being read. Run when all its rows are there.</source>
        <translation>Das Blatt wird noch gelesen. Führen Sie aus, wenn alle Zeilen da sind.</translation>
    </message>
    <message>
        <source>The sheet keeps all its rows; the others get no outputs.</source>
        <translation>Das Blatt behält alle seine Zeilen; die anderen bekommen keine Ausgaben.</translation>
    </message>
    <message>
        <source>The step cannot be tried yet. {problem}</source>
        <translation>Der Schritt kann noch nicht probiert werden. {problem}</translation>
    </message>
    <message>
        <source>The step {name} is removed. Ctrl+Z brings it back.</source>
        <translation>Der Schritt {name} ist entfernt. Ctrl+Z holt ihn zurück.</translation>
    </message>
    <message>
        <source>The step&apos;s condition does not hold for this row: it is skipped.</source>
        <translation>Die Bedingung des Schritts gilt für diese Zeile nicht: er wird übersprungen.</translation>
    </message>
    <message>
        <source>The steps are written in brackets: they cannot be moved, copied or added to here.</source>
        <translation>Die Schritte stehen in Klammern: hier lassen sie sich nicht verschieben, kopieren oder ergänzen.</translation>
    </message>
    <message>
        <source>The steps cannot be shown as cards while the text is like this. {reason}</source>
        <translation>Die Schritte können nicht als Karten gezeigt werden, solange der Text so ist. {reason}</translation>
    </message>
    <message>
        <source>The trial ended before this row was answered.</source>
        <translation>Die Probe endete, bevor diese Zeile beantwortet war.</translation>
    </message>
    <message>
        <source>The two texts are the same.</source>
        <translation>Die beiden Texte sind gleich.</translation>
    </message>
    <message>
        <source>The variable {key_variable} is set; before it is sent to {host}, a run asks you.</source>
        <translation>Die Variable {key_variable} ist gesetzt; bevor sie an {host} gesendet wird, fragt ein Lauf.</translation>
    </message>
    <message>
        <source>The workbook as it stood at the end of this run</source>
        <translation>Die Arbeitsmappe, wie sie am Ende dieses Laufs war</translation>
    </message>
    <message>
        <source>There is a template &quot;{name}&quot; already.</source>
        <translation>Es gibt schon eine Vorlage „{name}“.</translation>
    </message>
    <message>
        <source>There is no run yet.

Every run is kept here with its figures, from its beginning on.</source>
        <translation>Es gibt noch keinen Lauf.

Jeder Lauf bleibt hier mit seinen Zahlen, von Anfang an.</translation>
    </message>
    <message>
        <source>There is nothing to do again.</source>
        <translation>Es gibt nichts wiederherzustellen.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Es gibt nichts rückgängig zu machen.</translation>
    </message>
    <message>
        <source>There was no key to delete.</source>
        <translation>Es war kein Schlüssel zu löschen.</translation>
    </message>
    <message>
        <source>These answers cost {a} in A and {b} in B.</source>
        <translation>Diese Antworten kosten in A {a} und in B {b}.</translation>
    </message>
    <message>
        <source>These fit the columns of this sheet.</source>
        <translation>Diese passen zu den Spalten dieses Blatts.</translation>
    </message>
    <message>
        <source>They waited {time} in all for limits, retries or a pause.</source>
        <translation>Sie warteten insgesamt {time} auf Grenzen, Wiederholungen oder eine Pause.</translation>
    </message>
    <message>
        <source>This sheet has headers and no rows yet.
Write rows below them, and read the workbook again (Ctrl+Shift+O).</source>
        <translation>Dieses Blatt hat Überschriften und noch keine Zeilen.
Schreiben Sie Zeilen darunter, und lesen Sie die Arbeitsmappe neu (Ctrl+Shift+O).</translation>
    </message>
    <message>
        <source>This step was skipped for this row: its condition did not hold.</source>
        <translation>Dieser Schritt wurde für diese Zeile übersprungen: seine Bedingung galt nicht.</translation>
    </message>
    <message>
        <source>Throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>Tick all columns</source>
        <translation>Alle Spalten ankreuzen</translation>
    </message>
    <message>
        <source>Tick the columns that the chain writes, and no others</source>
        <translation>Nur die Spalten ankreuzen, die die Kette schreibt</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Time {a} and {b}: {difference} longer.</source>
        <translation>Zeit {a} und {b}: {difference} länger.</translation>
    </message>
    <message>
        <source>Time {a} and {b}: {difference} shorter.</source>
        <translation>Zeit {a} und {b}: {difference} kürzer.</translation>
    </message>
    <message>
        <source>Time-out in all, seconds</source>
        <translation>Zeitgrenze insgesamt, Sekunden</translation>
    </message>
    <message>
        <source>Time-out, seconds</source>
        <translation>Zeitgrenze, Sekunden</translation>
    </message>
    <message>
        <source>Timeline by step</source>
        <translation>Zeitverlauf je Schritt</translation>
    </message>
    <message>
        <source>To be written yet: the prompt of {steps}.</source>
        <translation>Noch zu schreiben: der Prompt von {steps}.</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Tokens a minute</source>
        <translation>Token je Minute</translation>
    </message>
    <message>
        <source>Tokens and cost</source>
        <translation>Token und Kosten</translation>
    </message>
    <message>
        <source>Tokens of examples</source>
        <translation>Tokens der Beispiele</translation>
    </message>
    <message>
        <source>Too long</source>
        <translation>Zu lang</translation>
    </message>
    <message>
        <source>Too many rows have outputs to sort and filter by them</source>
        <translation>Zu viele Zeilen haben Ausgaben, um danach zu sortieren und zu filtern</translation>
    </message>
    <message>
        <source>Too short</source>
        <translation>Zu kurz</translation>
    </message>
    <message>
        <source>Top p</source>
        <translation>Top p</translation>
    </message>
    <message>
        <source>Trial</source>
        <translation>Probe</translation>
    </message>
    <message>
        <source>Tried again for, seconds</source>
        <translation>Wiederholen bis, Sekunden</translation>
    </message>
    <message>
        <source>Tries of a call that fails, columns about the run, and what else few chains need</source>
        <translation>Versuche für einen Aufruf, der scheitert, Spalten zum Lauf, und was sonst wenige Ketten brauchen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Try it with its example sheet</source>
        <translation>Mit ihrem Beispielblatt probieren</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>Try the example</source>
        <translation>Beispiel probieren</translation>
    </message>
    <message>
        <source>Try this row</source>
        <translation>Diese Zeile probieren</translation>
    </message>
    <message>
        <source>Two chains or models side by side on the same rows: which is better, and how sure that is</source>
        <translation>Zwei Ketten oder Modelle nebeneinander auf denselben Zeilen: was besser ist und wie sicher das ist</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Type of the new field</source>
        <translation>Art des neuen Feldes</translation>
    </message>
    <message>
        <source>Type of {name}</source>
        <translation>Art von {name}</translation>
    </message>
    <message>
        <source>US dollars</source>
        <translation>US-Dollar</translation>
    </message>
    <message>
        <source>Undo (Ctrl+Z)</source>
        <translation>Rückgängig (Ctrl+Z)</translation>
    </message>
    <message>
        <source>Undone: {step}.</source>
        <translation>Rückgängig gemacht: {step}.</translation>
    </message>
    <message>
        <source>Unknown: {name}. Did you mean</source>
        <translation>Unbekannt: {name}. Meinten Sie</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Nicht gespeicherte Änderungen</translation>
    </message>
    <message>
        <source>Use a copy</source>
        <translation>Eine Kopie benutzen</translation>
    </message>
    <message>
        <source>Use other columns…</source>
        <translation>Andere Spalten benutzen…</translation>
    </message>
    <message>
        <source>Use this version</source>
        <translation>Diese Fassung benutzen</translation>
    </message>
    <message>
        <source>Used in {steps}</source>
        <translation>Benutzt in {steps}</translation>
    </message>
    <message>
        <source>Used where there: {names}.</source>
        <translation>Benutzt, wo vorhanden: {names}.</translation>
    </message>
    <message>
        <source>User&apos;s &amp;guide</source>
        <translation>&amp;Handbuch</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>Variable with the key</source>
        <translation>Variable mit dem Schlüssel</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <source>Vertical bar</source>
        <translation>Senkrechter Strich</translation>
    </message>
    <message>
        <source>Visible rows</source>
        <translation>Sichtbare Zeilen</translation>
    </message>
    <message>
        <source>Votes</source>
        <translation>Stimmen</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Waiting for a key</source>
        <translation>Wartet auf einen Schlüssel</translation>
    </message>
    <message>
        <source>Waiting for the account</source>
        <translation>Wartet auf das Konto</translation>
    </message>
    <message>
        <source>Waiting for the budget</source>
        <translation>Wartet auf das Budget</translation>
    </message>
    <message>
        <source>Waiting for the disk</source>
        <translation>Wartet auf die Platte</translation>
    </message>
    <message>
        <source>Waiting for the model</source>
        <translation>Wartet auf das Modell</translation>
    </message>
    <message>
        <source>Waiting for the network</source>
        <translation>Wartet auf das Netz</translation>
    </message>
    <message>
        <source>Waiting for the provider</source>
        <translation>Wartet auf den Anbieter</translation>
    </message>
    <message>
        <source>Waiting for the provider&apos;s limit</source>
        <translation>Wartet auf die Grenze des Anbieters</translation>
    </message>
    <message>
        <source>Waiting for trust</source>
        <translation>Wartet auf Vertrauen</translation>
    </message>
    <message>
        <source>Waiting for your word</source>
        <translation>Wartet auf Ihr Wort</translation>
    </message>
    <message>
        <source>Waiting until {until}</source>
        <translation>Wartet bis {until}</translation>
    </message>
    <message>
        <source>Waiting: paused</source>
        <translation>Wartet: Pause</translation>
    </message>
    <message>
        <source>Web pages (*.html)</source>
        <translation>Webseiten (*.html)</translation>
    </message>
    <message>
        <source>What &amp;differs…</source>
        <translation>&amp;Unterschiede…</translation>
    </message>
    <message>
        <source>What B is</source>
        <translation>Was B ist</translation>
    </message>
    <message>
        <source>What a run of this row would take</source>
        <translation>Was ein Lauf dieser Zeile bräuchte</translation>
    </message>
    <message>
        <source>What became of the rows</source>
        <translation>Was aus den Zeilen wurde</translation>
    </message>
    <message>
        <source>What check {number} looks at</source>
        <translation>Was Prüfung {number} ansieht</translation>
    </message>
    <message>
        <source>What check {number} wants</source>
        <translation>Was Prüfung {number} verlangt</translation>
    </message>
    <message>
        <source>What decides whether the step runs</source>
        <translation>Was entscheidet, ob der Schritt läuft</translation>
    </message>
    <message>
        <source>What differs</source>
        <translation>Unterschiede</translation>
    </message>
    <message>
        <source>What differs between two steps or versions (D in the table)</source>
        <translation>Was zwischen zwei Schritten oder Fassungen verschieden ist (D in der Tabelle)</translation>
    </message>
    <message>
        <source>What each check and judge says of the answers that you reviewed, beside what you said of them.</source>
        <translation>Was jede Prüfung und jeder Richter zu den Antworten sagt, die Sie beurteilt haben, neben Ihrem eigenen Urteil.</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Was geschah</translation>
    </message>
    <message>
        <source>What is there is replaced; if anybody has changed it, it is kept as a backup.</source>
        <translation>Was dort ist, wird ersetzt; hat jemand es geändert, bleibt es als Sicherung.</translation>
    </message>
    <message>
        <source>What is to be done with each row?</source>
        <translation>Was soll mit jeder Zeile geschehen?</translation>
    </message>
    <message>
        <source>What is to change? The model gets its answer with your note. The answer stays in the history.</source>
        <translation>Was soll sich ändern? Das Modell bekommt seine Antwort mit Ihrer Notiz. Die Antwort bleibt in der Geschichte.</translation>
    </message>
    <message>
        <source>What it came to</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>What it costs</source>
        <translation>Was es kostet</translation>
    </message>
    <message>
        <source>What that would be worth</source>
        <translation>Was das wert wäre</translation>
    </message>
    <message>
        <source>What the audit says</source>
        <translation>Was die Stichprobe sagt</translation>
    </message>
    <message>
        <source>What the statuses mean</source>
        <translation>Was die Zustände bedeuten</translation>
    </message>
    <message>
        <source>What this is</source>
        <translation>Was dies ist</translation>
    </message>
    <message>
        <source>What to ask for each row. Click a column above to put it in, or type {{</source>
        <translation>Was für jede Zeile gefragt wird. Klicken Sie oben auf eine Spalte, um sie einzusetzen, oder tippen Sie {{</translation>
    </message>
    <message>
        <source>What to ask for each row. Type {{ and the name of a column to put it in</source>
        <translation>Was zu jeder Zeile gefragt wird. Tippen Sie {{ und den Namen einer Spalte, um sie einzufügen</translation>
    </message>
    <message>
        <source>What to know of the output</source>
        <translation>Was von der Ausgabe zu wissen ist</translation>
    </message>
    <message>
        <source>What will be written</source>
        <translation>Was geschrieben wird</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Where ChainDesk keeps its logs</source>
        <translation>Wo ChainDesk seine Protokolle hat</translation>
    </message>
    <message>
        <source>Where an answer ends, time-outs, and any other parameter of the provider</source>
        <translation>Wo eine Antwort endet, Zeitgrenzen, und jeder andere Parameter des Anbieters</translation>
    </message>
    <message>
        <source>Where flex is refused</source>
        <translation>Wo flex abgelehnt wird</translation>
    </message>
    <message>
        <source>Where is the workbook?</source>
        <translation>Wo ist die Arbeitsmappe?</translation>
    </message>
    <message>
        <source>Where the variable {variable} is set, it comes before the keyring.</source>
        <translation>Wo die Variable {variable} gesetzt ist, geht sie dem Schlüsselbund vor.</translation>
    </message>
    <message>
        <source>Where the workbook is now</source>
        <translation>Wo die Arbeitsmappe jetzt ist</translation>
    </message>
    <message>
        <source>Where your copy lies</source>
        <translation>Wo Ihre Kopie liegt</translation>
    </message>
    <message>
        <source>Where {name} is blank, write</source>
        <translation>Wo {name} leer ist, schreibe</translation>
    </message>
    <message>
        <source>Whether each check and judge agrees with your reviews</source>
        <translation>Ob jede Prüfung und jeder Richter mit Ihren Urteilen übereinstimmt</translation>
    </message>
    <message>
        <source>Which rows Run takes</source>
        <translation>Welche Zeilen Ausführen nimmt</translation>
    </message>
    <message>
        <source>While an output is edited</source>
        <translation>Während eine Ausgabe bearbeitet wird</translation>
    </message>
    <message>
        <source>Whole cell</source>
        <translation>Ganze Zelle</translation>
    </message>
    <message>
        <source>Why the row failed</source>
        <translation>Warum die Zeile fehlschlug</translation>
    </message>
    <message>
        <source>Why the steps cannot be shown</source>
        <translation>Warum die Schritte nicht gezeigt werden können</translation>
    </message>
    <message>
        <source>Why this row should be read</source>
        <translation>Warum diese Zeile gelesen werden sollte</translation>
    </message>
    <message>
        <source>Why? It stands in the Error column of an export.</source>
        <translation>Warum? Es steht in der Spalte Error eines Exports.</translation>
    </message>
    <message>
        <source>Window&apos;s place</source>
        <translation>Platz des Fensters</translation>
    </message>
    <message>
        <source>Wire format</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>With examples against without</source>
        <translation>Mit Beispielen gegen ohne</translation>
    </message>
    <message>
        <source>Withdrawal of the review</source>
        <translation>Rücknahme des Urteils</translation>
    </message>
    <message>
        <source>Without a fault: {said}</source>
        <translation>Ohne Fehler: {said}</translation>
    </message>
    <message>
        <source>Words that fit here</source>
        <translation>Wörter, die hier passen</translation>
    </message>
    <message>
        <source>Workbook</source>
        <translation>Arbeitsmappe</translation>
    </message>
    <message>
        <source>Workbooks (*.xlsx *.xlsm *.xltx *.xltm *.csv *.tsv *.xls *.xlsb *.ods);;All files (*)</source>
        <translation>Arbeitsmappen (*.xlsx *.xlsm *.xltx *.xltm *.csv *.tsv *.xls *.xlsb *.ods);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Workbooks that you open are listed here the next time.</source>
        <translation>Arbeitsmappen, die Sie öffnen, stehen das nächste Mal hier.</translation>
    </message>
    <message>
        <source>Working out what it costs…</source>
        <translation>Es wird berechnet, was es kostet…</translation>
    </message>
    <message>
        <source>Working out what to run…</source>
        <translation>Es wird berechnet, was zu tun ist…</translation>
    </message>
    <message>
        <source>Write a chain for the sheet that is open</source>
        <translation>Eine Kette für das offene Blatt schreiben</translation>
    </message>
    <message>
        <source>Write a chain of your own, step by step (Ctrl+N)</source>
        <translation>Eine eigene Kette schreiben, Schritt für Schritt (Ctrl+N)</translation>
    </message>
    <message>
        <source>Write each as name: value. {reason}</source>
        <translation>Schreiben Sie jeden als Name: Wert. {reason}</translation>
    </message>
    <message>
        <source>Write them as lines</source>
        <translation>Als Zeilen schreiben</translation>
    </message>
    <message>
        <source>Write this name instead (Ctrl+. takes the first)</source>
        <translation>Diesen Namen schreiben (Ctrl+. nimmt den ersten)</translation>
    </message>
    <message>
        <source>Write {name} instead</source>
        <translation>Stattdessen {name} schreiben</translation>
    </message>
    <message>
        <source>Writes each step and each of its fields in a line of its own; comments are kept</source>
        <translation>Schreibt jeden Schritt und jedes seiner Felder in eine eigene Zeile; Kommentare bleiben</translation>
    </message>
    <message>
        <source>Written by you {at}, over an answer of {model}. It cost nothing.</source>
        <translation>Von Ihnen geschrieben {at}, über eine Antwort von {model}. Kostete nichts.</translation>
    </message>
    <message>
        <source>Written tokens a minute</source>
        <translation>Geschriebene Token je Minute</translation>
    </message>
    <message>
        <source>Written with an anchor or alias, to be changed in the YAML: {names}.</source>
        <translation>Mit Anker oder Alias geschrieben, im YAML zu ändern: {names}.</translation>
    </message>
    <message>
        <source>Wrong facts</source>
        <translation>Falsche Fakten</translation>
    </message>
    <message>
        <source>Wrong tone</source>
        <translation>Falscher Ton</translation>
    </message>
    <message>
        <source>You approved it; it is not asked again unless you say so.</source>
        <translation>Von Ihnen angenommen; sie wird nicht noch einmal gefragt, außer Sie wollen es.</translation>
    </message>
    <message>
        <source>You changed its text; your text stands.</source>
        <translation>Sie haben ihren Text geändert; Ihr Text gilt.</translation>
    </message>
    <message>
        <source>You picked B in {better} of {rows}, A in {worse}, neither in {same}</source>
        <translation>Sie wählten B in {better} von {rows}, A in {worse}, keines in {same}</translation>
    </message>
    <message>
        <source>You rejected it; Run the rejected rows again asks anew.</source>
        <translation>Von Ihnen abgelehnt; Abgelehnte Zeilen neu ausführen fragt neu.</translation>
    </message>
    <message>
        <source>Your chain</source>
        <translation>Ihre Kette</translation>
    </message>
    <message>
        <source>Your copy is written with the columns of {sheet}:</source>
        <translation>Ihre Kopie wird mit den Spalten von {sheet} geschrieben:</translation>
    </message>
    <message>
        <source>Your copy: {path}</source>
        <translation>Ihre Kopie: {path}</translation>
    </message>
    <message>
        <source>Your own words (Return takes them, Shift+Return begins a line)</source>
        <translation>Ihre eigenen Worte (Return nimmt sie, Shift+Return beginnt eine Zeile)</translation>
    </message>
    <message>
        <source>Your pick</source>
        <translation>Ihre Wahl</translation>
    </message>
    <message>
        <source>Your templates</source>
        <translation>Ihre Vorlagen</translation>
    </message>
    <message>
        <source>Zip files (*.zip)</source>
        <translation>Zip-Dateien (*.zip)</translation>
    </message>
    <message>
        <source>a line each, such as top_k: 40</source>
        <translation>je eine Zeile, etwa top_k: 40</translation>
    </message>
    <message>
        <source>a line each; \n stands for a line&apos;s end</source>
        <translation>je eine Zeile; \n steht für ein Zeilenende</translation>
    </message>
    <message>
        <source>a question to be answered by yes</source>
        <translation>eine Frage, auf die Ja die Antwort sein soll</translation>
    </message>
    <message>
        <source>a year</source>
        <translation>ein Jahr</translation>
    </message>
    <message>
        <source>about twice that of the batch jobs</source>
        <translation>etwa das Doppelte der Batch-Aufträge</translation>
    </message>
    <message>
        <source>about {cost}</source>
        <translation>etwa {cost}</translation>
    </message>
    <message>
        <source>about {cost} in all</source>
        <translation>etwa {cost} insgesamt</translation>
    </message>
    <message>
        <source>about {cost}, hardly more than {high}</source>
        <translation>etwa {cost}, kaum mehr als {high}</translation>
    </message>
    <message>
        <source>about {n} more row would tell</source>
        <translation>etwa {n} weitere Zeile würde es zeigen</translation>
    </message>
    <message>
        <source>about {n} more rows would tell</source>
        <translation>etwa {n} weitere Zeilen würden es zeigen</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>noch etwa {time}</translation>
    </message>
    <message>
        <source>account empty</source>
        <translation>Konto leer</translation>
    </message>
    <message>
        <source>addresses that begin with {scheme}: are not opened</source>
        <translation>Adressen, die mit {scheme}: beginnen, werden nicht geöffnet</translation>
    </message>
    <message>
        <source>after your note: “{note}”</source>
        <translation>nach Ihrer Notiz: „{note}“</translation>
    </message>
    <message>
        <source>agrees with you in {share} of {n} reviews (kappa {kappa}, {low} to {high}).</source>
        <translation>stimmt in {share} von {n} beurteilten Antworten mit Ihnen überein (Kappa {kappa}, {low} bis {high}).</translation>
    </message>
    <message>
        <source>all runs</source>
        <translation>alle Läufe</translation>
    </message>
    <message>
        <source>all {rows}</source>
        <translation>alle {rows}</translation>
    </message>
    <message>
        <source>allowed values, with commas between</source>
        <translation>erlaubte Werte, durch Kommas getrennt</translation>
    </message>
    <message>
        <source>always</source>
        <translation>immer</translation>
    </message>
    <message>
        <source>and {n} rarer value</source>
        <translation>und {n} seltenerer Wert</translation>
    </message>
    <message>
        <source>and {n} rarer values</source>
        <translation>und {n} seltenere Werte</translation>
    </message>
    <message>
        <source>answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>answer does not fit its fields</source>
        <translation>Antwort passt nicht zu ihren Feldern</translation>
    </message>
    <message>
        <source>answer refused</source>
        <translation>Antwort verweigert</translation>
    </message>
    <message>
        <source>answered before: nothing paid now</source>
        <translation>schon beantwortet: jetzt nichts bezahlt</translation>
    </message>
    <message>
        <source>answers a minute</source>
        <translation>Antworten je Minute</translation>
    </message>
    <message>
        <source>as chosen</source>
        <translation>wie gewählt</translation>
    </message>
    <message>
        <source>as in the YAML</source>
        <translation>wie im YAML</translation>
    </message>
    <message>
        <source>at least {low}</source>
        <translation>mindestens {low}</translation>
    </message>
    <message>
        <source>at most about {full}, where batch jobs take about {half}</source>
        <translation>höchstens etwa {full}, wo Batch-Aufträge etwa {half} kosten</translation>
    </message>
    <message>
        <source>at most {high}</source>
        <translation>höchstens {high}</translation>
    </message>
    <message>
        <source>budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>budget reached</source>
        <translation>Budget erreicht</translation>
    </message>
    <message>
        <source>built in</source>
        <translation>eingebaut</translation>
    </message>
    <message>
        <source>cache: {clauses}</source>
        <translation>Zwischenspeicher: {clauses}</translation>
    </message>
    <message>
        <source>caching saved {saved}</source>
        <translation>Zwischenspeicher sparte {saved}</translation>
    </message>
    <message>
        <source>calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>geändert</translation>
    </message>
    <message>
        <source>check {check}: {agreement}</source>
        <translation>Prüfung {check}: {agreement}</translation>
    </message>
    <message>
        <source>checks: {clauses}</source>
        <translation>Prüfungen: {clauses}</translation>
    </message>
    <message>
        <source>choose or type a model</source>
        <translation>ein Modell wählen oder tippen</translation>
    </message>
    <message>
        <source>columns between ; – or all that the prompt uses</source>
        <translation>Spalten zwischen ; – sonst alles, was die Anweisung verwendet</translation>
    </message>
    <message>
        <source>connection</source>
        <translation>Verbindung</translation>
    </message>
    <message>
        <source>connection not trusted</source>
        <translation>Verbindung nicht vertrauenswürdig</translation>
    </message>
    <message>
        <source>contains</source>
        <translation>enthält</translation>
    </message>
    <message>
        <source>contains “{words}”</source>
        <translation>enthält „{words}“</translation>
    </message>
    <message>
        <source>cost unknown</source>
        <translation>Kosten unbekannt</translation>
    </message>
    <message>
        <source>cost {money} more than it saved</source>
        <translation>kostete {money} mehr, als er sparte</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>gekürzt</translation>
    </message>
    <message>
        <source>cut at the output limit</source>
        <translation>an der Ausgabegrenze gekürzt</translation>
    </message>
    <message>
        <source>cut at the output limit: {clauses}: {keys}</source>
        <translation>an der Ausgabegrenze abgeschnitten: {clauses}: {keys}</translation>
    </message>
    <message>
        <source>daily limit</source>
        <translation>Tagesgrenze</translation>
    </message>
    <message>
        <source>date</source>
        <translation>Datum</translation>
    </message>
    <message>
        <source>does not contain</source>
        <translation>enthält nicht</translation>
    </message>
    <message>
        <source>does not fit the pattern</source>
        <translation>passt nicht zum Muster</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
    <message>
        <source>empty answer</source>
        <translation>leere Antwort</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>failed checks: {flags}</source>
        <translation>durchgefallene Prüfungen: {flags}</translation>
    </message>
    <message>
        <source>failed rows</source>
        <translation>fehlgeschlagene Zeilen</translation>
    </message>
    <message>
        <source>failed, {kind}: {clauses}: {keys}</source>
        <translation>fehlgeschlagen, {kind}: {clauses}: {keys}</translation>
    </message>
    <message>
        <source>fewer than {share} of the unread are wrong, {sure} sure.</source>
        <translation>weniger als {share} der ungelesenen sind falsch, zu {sure} sicher.</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>beendet</translation>
    </message>
    <message>
        <source>fits the pattern</source>
        <translation>passt zum Muster</translation>
    </message>
    <message>
        <source>flagged</source>
        <translation>beanstandet</translation>
    </message>
    <message>
        <source>found out by ChainDesk</source>
        <translation>von ChainDesk herausgefunden</translation>
    </message>
    <message>
        <source>free</source>
        <translation>frei</translation>
    </message>
    <message>
        <source>going on</source>
        <translation>im Gange</translation>
    </message>
    <message>
        <source>halted</source>
        <translation>aufgehalten</translation>
    </message>
    <message>
        <source>has its numbers from</source>
        <translation>hat seine Zahlen aus</translation>
    </message>
    <message>
        <source>has so many characters</source>
        <translation>hat so viele Zeichen</translation>
    </message>
    <message>
        <source>has so many words</source>
        <translation>hat so viele Wörter</translation>
    </message>
    <message>
        <source>if the column {name}</source>
        <translation>wenn die Spalte {name}</translation>
    </message>
    <message>
        <source>if the output {name}</source>
        <translation>wenn die Ausgabe {name}</translation>
    </message>
    <message>
        <source>if {name}</source>
        <translation>wenn {name}</translation>
    </message>
    <message>
        <source>in all {value}</source>
        <translation>insgesamt {value}</translation>
    </message>
    <message>
        <source>in no figure here</source>
        <translation>in keiner Zahl hier enthalten</translation>
    </message>
    <message>
        <source>internal error</source>
        <translation>interner Fehler</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>unterbrochen</translation>
    </message>
    <message>
        <source>is</source>
        <translation>ist</translation>
    </message>
    <message>
        <source>is JSON</source>
        <translation>ist JSON</translation>
    </message>
    <message>
        <source>is a date within</source>
        <translation>ist ein Datum zwischen</translation>
    </message>
    <message>
        <source>is a number within</source>
        <translation>ist eine Zahl zwischen</translation>
    </message>
    <message>
        <source>is a web address</source>
        <translation>ist eine Webadresse</translation>
    </message>
    <message>
        <source>is an e-mail address</source>
        <translation>ist eine E-Mail-Adresse</translation>
    </message>
    <message>
        <source>is as long as others, times</source>
        <translation>ist so lang wie andere, mal</translation>
    </message>
    <message>
        <source>is blank</source>
        <translation>leer ist</translation>
    </message>
    <message>
        <source>is empty</source>
        <translation>ist leer</translation>
    </message>
    <message>
        <source>is in no other row</source>
        <translation>steht in keiner anderen Zeile</translation>
    </message>
    <message>
        <source>is in the language</source>
        <translation>ist in der Sprache</translation>
    </message>
    <message>
        <source>is not</source>
        <translation>ist nicht</translation>
    </message>
    <message>
        <source>is not blank</source>
        <translation>nicht leer ist</translation>
    </message>
    <message>
        <source>is not empty</source>
        <translation>ist nicht leer</translation>
    </message>
    <message>
        <source>is not the same as</source>
        <translation>ist nicht dasselbe wie</translation>
    </message>
    <message>
        <source>is one of</source>
        <translation>ist eines von</translation>
    </message>
    <message>
        <source>is one of {n} value</source>
        <translation>ist einer von {n} Wert</translation>
    </message>
    <message>
        <source>is one of {n} values</source>
        <translation>ist einer von {n} Werten</translation>
    </message>
    <message>
        <source>is quoted from</source>
        <translation>ist zitiert aus</translation>
    </message>
    <message>
        <source>is {value}</source>
        <translation>ist {value}</translation>
    </message>
    <message>
        <source>it contains {said}</source>
        <translation>sie enthält {said}</translation>
    </message>
    <message>
        <source>it does not match {said}</source>
        <translation>sie passt nicht zu {said}</translation>
    </message>
    <message>
        <source>it does not start with {said}</source>
        <translation>sie beginnt nicht mit {said}</translation>
    </message>
    <message>
        <source>it has {n} character, wanted {range}</source>
        <translation>sie hat {n} Zeichen, gewünscht {range}</translation>
    </message>
    <message>
        <source>it has {n} characters, those of the rows around it about {usual}</source>
        <translation>sie hat {n} Zeichen, die der Zeilen ringsum etwa {usual}</translation>
    </message>
    <message>
        <source>it has {n} characters, wanted {range}</source>
        <translation>sie hat {n} Zeichen, gewünscht {range}</translation>
    </message>
    <message>
        <source>it has {n} word, wanted {range}</source>
        <translation>sie hat {n} Wort, gewünscht {range}</translation>
    </message>
    <message>
        <source>it has {n} words, wanted {range}</source>
        <translation>sie hat {n} Wörter, gewünscht {range}</translation>
    </message>
    <message>
        <source>it has {w} × {h} pixels, which are too many</source>
        <translation>es hat {w} × {h} Pixel, das sind zu viele</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>sie ist leer</translation>
    </message>
    <message>
        <source>it is no JSON</source>
        <translation>sie ist kein JSON</translation>
    </message>
    <message>
        <source>it is no picture that can be shown</source>
        <translation>es ist kein Bild, das gezeigt werden kann</translation>
    </message>
    <message>
        <source>it is the same as in {n} other row</source>
        <translation>sie ist dieselbe wie in {n} anderen Zeile</translation>
    </message>
    <message>
        <source>it is the same as in {n} other rows</source>
        <translation>sie ist dieselbe wie in {n} anderen Zeilen</translation>
    </message>
    <message>
        <source>it is the same as its input</source>
        <translation>sie ist dasselbe wie ihre Eingabe</translation>
    </message>
    <message>
        <source>it lacks {said}</source>
        <translation>ihr fehlt {said}</translation>
    </message>
    <message>
        <source>it looks like {language}, wanted {wanted} ({sure} sure)</source>
        <translation>sie sieht nach {language} aus, gewünscht {wanted} (zu {sure} sicher)</translation>
    </message>
    <message>
        <source>it matches {said}</source>
        <translation>sie passt zu {said}</translation>
    </message>
    <message>
        <source>it takes {size}, and more than {most} are not opened</source>
        <translation>es braucht {size}, und mehr als {most} werden nicht geöffnet</translation>
    </message>
    <message>
        <source>its JSON does not fit: {said}</source>
        <translation>ihr JSON passt nicht: {said}</translation>
    </message>
    <message>
        <source>judge: no to “{question}”</source>
        <translation>Urteil: nein zu „{question}“</translation>
    </message>
    <message>
        <source>judge: no to “{question}”: {reason}</source>
        <translation>Urteil: nein zu „{question}“: {reason}</translation>
    </message>
    <message>
        <source>judge: yes to “{question}”</source>
        <translation>Urteil: ja zu „{question}“</translation>
    </message>
    <message>
        <source>judge: yes to “{question}”: {reason}</source>
        <translation>Urteil: ja zu „{question}“: {reason}</translation>
    </message>
    <message>
        <source>judge: {model} said neither yes nor no</source>
        <translation>Urteil: {model} sagte weder ja noch nein</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>key refused</source>
        <translation>Schlüssel abgelehnt</translation>
    </message>
    <message>
        <source>list of texts</source>
        <translation>Liste von Texten</translation>
    </message>
    <message>
        <source>malformed reply</source>
        <translation>unlesbare Antwort</translation>
    </message>
    <message>
        <source>may be empty</source>
        <translation>darf leer sein</translation>
    </message>
    <message>
        <source>may have been billed though cut off: {clauses}</source>
        <translation>vielleicht trotz Abbruch berechnet: {clauses}</translation>
    </message>
    <message>
        <source>model not found</source>
        <translation>Modell nicht gefunden</translation>
    </message>
    <message>
        <source>needs none</source>
        <translation>braucht keinen</translation>
    </message>
    <message>
        <source>new chain</source>
        <translation>neue Kette</translation>
    </message>
    <message>
        <source>new field, then Return</source>
        <translation>neues Feld, dann Return</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>no answers</source>
        <translation>keine Antworten</translation>
    </message>
    <message>
        <source>no cost</source>
        <translation>keine Kosten</translation>
    </message>
    <message>
        <source>no difference in any row.</source>
        <translation>in keiner Zeile ein Unterschied.</translation>
    </message>
    <message>
        <source>no difference to be seen ({p}).</source>
        <translation>kein Unterschied erkennbar ({p}).</translation>
    </message>
    <message>
        <source>no flex capacity</source>
        <translation>keine Flex-Kapazität</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <source>no price is known for {model}</source>
        <translation>kein Preis bekannt für {model}</translation>
    </message>
    <message>
        <source>no row was touched</source>
        <translation>keine Zeile wurde berührt</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>none of the unread are wrong, {sure} sure.</source>
        <translation>von den ungelesenen ist keine falsch, zu {sure} sicher.</translation>
    </message>
    <message>
        <source>none wrong</source>
        <translation>keine falsch</translation>
    </message>
    <message>
        <source>none: row numbers</source>
        <translation>keine: Zeilennummern</translation>
    </message>
    <message>
        <source>not judged yet: “{question}”</source>
        <translation>noch kein Urteil: „{question}“</translation>
    </message>
    <message>
        <source>not yet sure ({p}), {tell}.</source>
        <translation>noch nicht sicher ({p}), {tell}.</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>number</source>
        <translation>Zahl</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>one call about {cost}</source>
        <translation>ein Aufruf etwa {cost}</translation>
    </message>
    <message>
        <source>one of some values</source>
        <translation>einer von Werten</translation>
    </message>
    <message>
        <source>only after</source>
        <translation>nur danach</translation>
    </message>
    <message>
        <source>only before</source>
        <translation>nur davor</translation>
    </message>
    <message>
        <source>or drop a workbook here: .xlsx, .xlsm, .csv, .tsv</source>
        <translation>oder eine Arbeitsmappe hier ablegen: .xlsx, .xlsm, .csv, .tsv</translation>
    </message>
    <message>
        <source>other columns</source>
        <translation>andere Spalten</translation>
    </message>
    <message>
        <source>other inputs or prompt</source>
        <translation>andere Eingaben oder anderer Prompt</translation>
    </message>
    <message>
        <source>own server&apos;s name, then Return</source>
        <translation>Name des eigenen Servers, dann Return</translation>
    </message>
    <message>
        <source>paid for but of no use: {clauses}</source>
        <translation>bezahlt, aber ohne Nutzen: {clauses}</translation>
    </message>
    <message>
        <source>passes the judge (costs a call)</source>
        <translation>besteht vor dem Richter (kostet einen Aufruf)</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>picked</source>
        <translation>gewählt</translation>
    </message>
    <message>
        <source>pictures on a network share are not opened</source>
        <translation>Bilder auf einer Netzfreigabe werden nicht geöffnet</translation>
    </message>
    <message>
        <source>price of {unknown} unknown</source>
        <translation>Preis von {unknown} unbekannt</translation>
    </message>
    <message>
        <source>price unknown</source>
        <translation>Preis unbekannt</translation>
    </message>
    <message>
        <source>prompt too long</source>
        <translation>Prompt zu lang</translation>
    </message>
    <message>
        <source>provider not reached</source>
        <translation>Anbieter nicht erreicht</translation>
    </message>
    <message>
        <source>provider&apos;s own</source>
        <translation>wie der Anbieter</translation>
    </message>
    <message>
        <source>rate limit</source>
        <translation>Ratengrenze</translation>
    </message>
    <message>
        <source>rejected, {why}: {n}: {keys}</source>
        <translation>abgelehnt, {why}: {n}: {keys}</translation>
    </message>
    <message>
        <source>request rejected</source>
        <translation>Anfrage abgelehnt</translation>
    </message>
    <message>
        <source>reviewed: {clauses}</source>
        <translation>geprüft: {clauses}</translation>
    </message>
    <message>
        <source>row {named}</source>
        <translation>Zeile {named}</translation>
    </message>
    <message>
        <source>row {number}</source>
        <translation>Zeile {number}</translation>
    </message>
    <message>
        <source>row {row}: {failure}</source>
        <translation>Zeile {row}: {failure}</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>rows at once</source>
        <translation>Zeilen zugleich</translation>
    </message>
    <message>
        <source>rows in another order</source>
        <translation>Zeilen in anderer Reihenfolge</translation>
    </message>
    <message>
        <source>run {run_id}</source>
        <translation>Lauf {run_id}</translation>
    </message>
    <message>
        <source>same answer</source>
        <translation>gleiche Antwort</translation>
    </message>
    <message>
        <source>same text</source>
        <translation>gleicher Text</translation>
    </message>
    <message>
        <source>saved {money}</source>
        <translation>spart {money}</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>server error</source>
        <translation>Serverfehler</translation>
    </message>
    <message>
        <source>several between ;</source>
        <translation>mehrere zwischen ;</translation>
    </message>
    <message>
        <source>sheet &quot;{sheet}&quot;</source>
        <translation>Blatt „{sheet}“</translation>
    </message>
    <message>
        <source>shown now</source>
        <translation>jetzt gezeigt</translation>
    </message>
    <message>
        <source>simulated, free</source>
        <translation>simuliert, kostenlos</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>übersprungen</translation>
    </message>
    <message>
        <source>slowest: {clauses}</source>
        <translation>am langsamsten: {clauses}</translation>
    </message>
    <message>
        <source>small budget: {n} row at once fits</source>
        <translation>kleines Budget: {n} Zeile zugleich passt hinein</translation>
    </message>
    <message>
        <source>small budget: {n} rows at once fit</source>
        <translation>kleines Budget: {n} Zeilen zugleich passen hinein</translation>
    </message>
    <message>
        <source>speed: {clauses}</source>
        <translation>Tempo: {clauses}</translation>
    </message>
    <message>
        <source>stale</source>
        <translation>veraltet</translation>
    </message>
    <message>
        <source>starts with</source>
        <translation>beginnt mit</translation>
    </message>
    <message>
        <source>step {name}: {clauses}</source>
        <translation>Schritt {name}: {clauses}</translation>
    </message>
    <message>
        <source>step {steps}</source>
        <translation>Schritt {steps}</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>the answer</source>
        <translation>die Antwort</translation>
    </message>
    <message>
        <source>the answer of {step}</source>
        <translation>die Antwort von {step}</translation>
    </message>
    <message>
        <source>the same</source>
        <translation>gleich gut</translation>
    </message>
    <message>
        <source>the server answered {status}</source>
        <translation>der Server antwortete {status}</translation>
    </message>
    <message>
        <source>the step&apos;s name</source>
        <translation>der Name des Schritts</translation>
    </message>
    <message>
        <source>then this larger model: provider/model</source>
        <translation>dann größeres: Anbieter/Modell</translation>
    </message>
    <message>
        <source>time since the run began</source>
        <translation>Zeit seit Beginn des Laufs</translation>
    </message>
    <message>
        <source>timeout</source>
        <translation>Zeitüberschreitung</translation>
    </message>
    <message>
        <source>too few reviews to say: {n} of {least}.</source>
        <translation>zu wenige Urteile, um es zu sagen: {n} von {least}.</translation>
    </message>
    <message>
        <source>too few to say: of {n} reviewed answers {accepted} were accepted. It takes {least} of each kind.</source>
        <translation>zu wenige, um es zu sagen: Von {n} beurteilten Antworten wurden {accepted} angenommen. Es braucht je {least}.</translation>
    </message>
    <message>
        <source>under 1 s left</source>
        <translation>noch unter 1 s</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>up to {n} for checks and votes</source>
        <translation>bis zu {n} für Prüfungen und Abstimmungen</translation>
    </message>
    <message>
        <source>used by the chain</source>
        <translation>von der Kette benutzt</translation>
    </message>
    <message>
        <source>usual</source>
        <translation>üblich</translation>
    </message>
    <message>
        <source>usual: {value}</source>
        <translation>üblich: {value}</translation>
    </message>
    <message>
        <source>value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>waiting for {jobs}, submitted {age} ago</source>
        <translation>wartet auf {jobs}, eingereicht vor {age}</translation>
    </message>
    <message>
        <source>waiting for {jobs}, submitted {age} ago; results by {time}</source>
        <translation>wartet auf {jobs}, eingereicht vor {age}; Ergebnisse bis {time}</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>whole number</source>
        <translation>ganze Zahl</translation>
    </message>
    <message>
        <source>without a name</source>
        <translation>ohne Namen</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>yes or no</source>
        <translation>ja oder nein</translation>
    </message>
    <message>
        <source>{address} is reached without encryption: the key and the prompts can be read on the way. Give the key to it all the same?</source>
        <translation>{address} wird ohne Verschlüsselung erreicht: Schlüssel und Prompts können unterwegs gelesen werden. Den Schlüssel trotzdem geben?</translation>
    </message>
    <message>
        <source>{answered}. Check the base_url {url}.</source>
        <translation>{answered}. Prüfen Sie die base_url {url}.</translation>
    </message>
    <message>
        <source>{answered}. Check the model &quot;{model}&quot; and the base_url {url}.</source>
        <translation>{answered}. Prüfen Sie das Modell „{model}“ und die base_url {url}.</translation>
    </message>
    <message>
        <source>{answered}. Check the step&apos;s settings and this row&apos;s text.</source>
        <translation>{answered}. Prüfen Sie die Einstellungen des Schritts und den Text dieser Zeile.</translation>
    </message>
    <message>
        <source>{answered}. Redirects are not followed: write the final address as base_url ({url}).</source>
        <translation>{answered}. Weiterleitungen wird nicht gefolgt: Schreiben Sie die endgültige Adresse als base_url ({url}).</translation>
    </message>
    <message>
        <source>{answers} collected from batch jobs</source>
        <translation>{answers} aus Batch-Aufträgen abgeholt</translation>
    </message>
    <message>
        <source>{answers} could be read. The damaged journal is kept as {kept}.{rest}</source>
        <translation>{answers} waren zu lesen. Das beschädigte Journal bleibt als {kept}.{rest}</translation>
    </message>
    <message>
        <source>{answers} in {time}: {rate} a minute; {rows} failed.</source>
        <translation>{answers} in {time}: {rate} je Minute; {rows} fehlgeschlagen.</translation>
    </message>
    <message>
        <source>{answers} reused at no cost</source>
        <translation>{answers} ohne Kosten wiederbenutzt</translation>
    </message>
    <message>
        <source>{attempts} attempts</source>
        <translation>{attempts} Versuche</translation>
    </message>
    <message>
        <source>{because}A run of this row makes {calls}{price}.</source>
        <translation>{because}Ein Lauf dieser Zeile macht {calls}{price}.</translation>
    </message>
    <message>
        <source>{beginning}… (Space shows all of it)</source>
        <translation>{beginning}… (Leertaste zeigt alles)</translation>
    </message>
    <message>
        <source>{column} {condition}</source>
        <translation>{column} {condition}</translation>
    </message>
    <message>
        <source>{column}, row {number}</source>
        <translation>{column}, Zeile {number}</translation>
    </message>
    <message>
        <source>{column}: cut at the output limit</source>
        <translation>{column}: an der Ausgabegrenze abgeschnitten</translation>
    </message>
    <message>
        <source>{column}: is empty</source>
        <translation>{column}: ist leer</translation>
    </message>
    <message>
        <source>{column}: looks like {language}, the others like {usual}</source>
        <translation>{column}: sieht nach {language} aus, die anderen nach {usual}</translation>
    </message>
    <message>
        <source>{column}: needed the larger model</source>
        <translation>{column}: brauchte das größere Modell</translation>
    </message>
    <message>
        <source>{column}: only {rows} of {total} rows have “{said}”</source>
        <translation>{column}: nur {rows} von {total} Zeilen haben „{said}“</translation>
    </message>
    <message>
        <source>{column}: reads like a refusal</source>
        <translation>{column}: liest sich wie eine Weigerung</translation>
    </message>
    <message>
        <source>{column}: {length} characters, the others about {usual}</source>
        <translation>{column}: {length} Zeichen, die anderen etwa {usual}</translation>
    </message>
    <message>
        <source>{column}: {share} of the votes agree</source>
        <translation>{column}: {share} der Stimmen sind einig</translation>
    </message>
    <message>
        <source>{cost}{of} spent</source>
        <translation>{cost}{of} ausgegeben</translation>
    </message>
    <message>
        <source>{days} days</source>
        <translation>{days} Tage</translation>
    </message>
    <message>
        <source>{done} of its {requests} requests have an answer so far.</source>
        <translation>Bisher sind {done} seiner {requests} Anfragen beantwortet.</translation>
    </message>
    <message>
        <source>{done} of {all} reviewed</source>
        <translation>{done} von {all} geprüft</translation>
    </message>
    <message>
        <source>{done} of {answers}</source>
        <translation>{done} von {answers}</translation>
    </message>
    <message>
        <source>{done} of {rows}</source>
        <translation>{done} von {rows}</translation>
    </message>
    <message>
        <source>{done} of {rows} have all their answers. Run goes on with the rest.</source>
        <translation>{done} von {rows} haben alle Antworten. Ausführen macht mit dem Rest weiter.</translation>
    </message>
    <message>
        <source>{error}
The key is not kept yet: press “{set_session}” to use it until you quit.</source>
        <translation>{error}
Der Schlüssel ist noch nicht behalten: drücken Sie „{set_session}“, um ihn bis zum Beenden zu benutzen.</translation>
    </message>
    <message>
        <source>{finished} of {rows}</source>
        <translation>{finished} von {rows}</translation>
    </message>
    <message>
        <source>{finished} of {rows} are finished.</source>
        <translation>{finished} von {rows} sind fertig.</translation>
    </message>
    <message>
        <source>{input} + {output} tokens</source>
        <translation>{input} + {output} Token</translation>
    </message>
    <message>
        <source>{input} in, {output} out per million tokens</source>
        <translation>{input} hinein, {output} heraus je Million Token</translation>
    </message>
    <message>
        <source>{low} to {high}</source>
        <translation>{low} bis {high}</translation>
    </message>
    <message>
        <source>{message} Rows {shown}{more}.</source>
        <translation>{message} Zeilen {shown}{more}.</translation>
    </message>
    <message>
        <source>{mistakes} It can be saved, but not run.</source>
        <translation>{mistakes} Die Kette kann gespeichert, aber nicht ausgeführt werden.</translation>
    </message>
    <message>
        <source>{money} of the cost</source>
        <translation>{money} der Kosten</translation>
    </message>
    <message>
        <source>{names} need API keys, and there is none yet. Nothing was run.</source>
        <translation>{names} brauchen API-Schlüssel, und es gibt noch keine. Nichts wurde ausgeführt.</translation>
    </message>
    <message>
        <source>{names} needs an API key, and there is none yet. Nothing was run.</source>
        <translation>{names} braucht einen API-Schlüssel, und es gibt noch keinen. Nichts wurde ausgeführt.</translation>
    </message>
    <message>
        <source>{name} answered with an error inside a good reply{told}</source>
        <translation>{name} hat mit einem Fehler in einer guten Antwort geantwortet{told}</translation>
    </message>
    <message>
        <source>{name} answered with something that is not HTTP. Check base_url.</source>
        <translation>{name} hat mit etwas geantwortet, das kein HTTP ist. Prüfen Sie base_url.</translation>
    </message>
    <message>
        <source>{name} answered with {told}. If it keeps doing so, check base_url: {url}</source>
        <translation>{name} hat geantwortet mit: {told}. Bleibt es dabei, prüfen Sie base_url: {url}</translation>
    </message>
    <message>
        <source>{name} answered {status}</source>
        <translation>{name} hat geantwortet: {status}</translation>
    </message>
    <message>
        <source>{name} asks to go slower ({status}){told}.</source>
        <translation>{name} bittet, langsamer zu machen ({status}){told}.</translation>
    </message>
    <message>
        <source>{name} broke off in the middle of its reply.</source>
        <translation>{name} hat mitten in der Antwort abgebrochen.</translation>
    </message>
    <message>
        <source>{name} cannot be read: {error}.</source>
        <translation>{name} kann nicht gelesen werden: {error}.</translation>
    </message>
    <message>
        <source>{name} cannot be read: {reason}</source>
        <translation>{name} kann nicht gelesen werden: {reason}</translation>
    </message>
    <message>
        <source>{name} cannot run as it is now. {line}{message}</source>
        <translation>{name} kann so nicht laufen. {line}{message}</translation>
    </message>
    <message>
        <source>{name} closed the connection without a reply.</source>
        <translation>{name} hat die Verbindung ohne Antwort geschlossen.</translation>
    </message>
    <message>
        <source>{name} could not be changed: {error}.</source>
        <translation>{name} konnte nicht geändert werden: {error}.</translation>
    </message>
    <message>
        <source>{name} could not be reached at {host} in time. Is the network up?</source>
        <translation>{name} war unter {host} nicht rechtzeitig zu erreichen. Ist das Netz da?</translation>
    </message>
    <message>
        <source>{name} could not be saved: {error}. Save it under another name.</source>
        <translation>{name} konnte nicht gespeichert werden: {error}. Speichern Sie unter einem anderen Namen.</translation>
    </message>
    <message>
        <source>{name} did not end its answer within {seconds} seconds. If it needs longer, raise the step&apos;s total_timeout.</source>
        <translation>{name} hat die Antwort nicht binnen {seconds} Sekunden beendet. Braucht es länger, erhöhen Sie total_timeout des Schritts.</translation>
    </message>
    <message>
        <source>{name} does not allow this call ({status}){told}. Look at this row&apos;s text; where every row is refused, check the key ({command}).</source>
        <translation>{name} erlaubt diesen Aufruf nicht ({status}){told}. Sehen Sie den Text dieser Zeile an; wird jede Zeile verweigert, prüfen Sie den Schlüssel ({command}).</translation>
    </message>
    <message>
        <source>{name} does not allow this with this key ({status}){told}. Set a good one ({command}), then go on.</source>
        <translation>{name} erlaubt dies mit diesem Schlüssel nicht ({status}){told}. Geben Sie einen guten an ({command}), dann geht es weiter.</translation>
    </message>
    <message>
        <source>{name} does not answer at {host}. Is it running, and base_url right?</source>
        <translation>{name} antwortet nicht unter {host}. Läuft es, und stimmt base_url?</translation>
    </message>
    <message>
        <source>{name} has no answer for this row yet</source>
        <translation>{name} hat für diese Zeile noch keine Antwort</translation>
    </message>
    <message>
        <source>{name} has no capacity at the flex price now ({status}){told}. Nothing is charged for that.</source>
        <translation>{name} hat zum Flex-Preis gerade keine Kapazität ({status}){told}. Das kostet nichts.</translation>
    </message>
    <message>
        <source>{name} is called {new} now.</source>
        <translation>{name} heißt jetzt {new}.</translation>
    </message>
    <message>
        <source>{name} is encrypted. Its password:</source>
        <translation>{name} ist verschlüsselt. Das Kennwort:</translation>
    </message>
    <message>
        <source>{name} is no file</source>
        <translation>{name} ist keine Datei</translation>
    </message>
    <message>
        <source>{name} is no longer in {folder}: it was moved, renamed or deleted. What is shown stays, and every answer is kept; exports need the file.</source>
        <translation>{name} ist nicht mehr in {folder}: verschoben, umbenannt oder gelöscht. Was gezeigt ist, bleibt, und jede Antwort auch; Exporte brauchen die Datei.</translation>
    </message>
    <message>
        <source>{name} is open in another ChainDesk window, which was brought to the front.</source>
        <translation>{name} ist in einem anderen ChainDesk-Fenster offen, das nach vorn geholt wurde.</translation>
    </message>
    <message>
        <source>{name} is your copy, in {folder}. Now open the workbook that it is to run over.</source>
        <translation>{name} ist Ihre Kopie, in {folder}. Öffnen Sie nun die Arbeitsmappe, über die sie laufen soll.</translation>
    </message>
    <message>
        <source>{name} lists no models.</source>
        <translation>{name} nennt keine Modelle.</translation>
    </message>
    <message>
        <source>{name} may be empty</source>
        <translation>{name} darf leer sein</translation>
    </message>
    <message>
        <source>{name} refused the key ({status}){told}. Set a good one ({command}), then go on.</source>
        <translation>{name} hat den Schlüssel abgelehnt ({status}){told}. Geben Sie einen guten an ({command}), dann geht es weiter.</translation>
    </message>
    <message>
        <source>{name} refused to answer{told}. Reword the prompt or the row&apos;s text.</source>
        <translation>{name} hat die Antwort verweigert{told}. Formulieren Sie den Prompt oder den Text der Zeile um.</translation>
    </message>
    <message>
        <source>{name} sent nothing for {seconds} seconds. If it is that slow, raise the step&apos;s timeout.</source>
        <translation>{name} hat {seconds} Sekunden lang nichts gesendet. Ist es so langsam, erhöhen Sie timeout des Schritts.</translation>
    </message>
    <message>
        <source>{name} was changed and has been read again. Rows whose prompts are others now are stale.</source>
        <translation>{name} wurde geändert und neu gelesen. Zeilen, deren Prompts nun andere sind, sind veraltet.</translation>
    </message>
    <message>
        <source>{name} was changed. The run goes on with the chain as it was; what comes after it uses the new one.</source>
        <translation>{name} wurde geändert. Der Lauf geht mit der Kette weiter, wie sie war; was danach kommt, benutzt die neue.</translation>
    </message>
    <message>
        <source>{name} was not asked to the end.</source>
        <translation>{name} wurde nicht zu Ende gefragt.</translation>
    </message>
    <message>
        <source>{name} – ChainDesk</source>
        <translation>{name} – ChainDesk</translation>
    </message>
    <message>
        <source>{name}&apos;s content filter stopped it{told}. Reword the prompt or the row&apos;s text.</source>
        <translation>Der Inhaltsfilter von {name} hat es angehalten{told}. Formulieren Sie den Prompt oder den Text der Zeile um.</translation>
    </message>
    <message>
        <source>{name}, in {folder}</source>
        <translation>{name}, in {folder}</translation>
    </message>
    <message>
        <source>{name}[*] – Chain</source>
        <translation>{name}[*] – Kette</translation>
    </message>
    <message>
        <source>{n} after asking again</source>
        <translation>{n} nach erneuter Frage</translation>
    </message>
    <message>
        <source>{n} after asking again ({share})</source>
        <translation>{n} nach erneuter Frage ({share})</translation>
    </message>
    <message>
        <source>{n} answer</source>
        <translation>{n} Antwort</translation>
    </message>
    <message>
        <source>{n} answer at the {speed} price</source>
        <translation>{n} Antwort zum Preis von {speed}</translation>
    </message>
    <message>
        <source>{n} answers</source>
        <translation>{n} Antworten</translation>
    </message>
    <message>
        <source>{n} answers at the {speed} price</source>
        <translation>{n} Antworten zum Preis von {speed}</translation>
    </message>
    <message>
        <source>{n} approved</source>
        <translation>{n} angenommen</translation>
    </message>
    <message>
        <source>{n} approved row</source>
        <translation>{n} angenommene Zeile</translation>
    </message>
    <message>
        <source>{n} approved row keeps its answers as they were.</source>
        <translation>{n} angenommene Zeile behält ihre Antworten, wie sie waren.</translation>
    </message>
    <message>
        <source>{n} approved rows</source>
        <translation>{n} angenommene Zeilen</translation>
    </message>
    <message>
        <source>{n} approved rows keep their answers as they were.</source>
        <translation>{n} angenommene Zeilen behalten ihre Antworten, wie sie waren.</translation>
    </message>
    <message>
        <source>{n} are made once for both.</source>
        <translation>{n} werden für beide einmal gemacht.</translation>
    </message>
    <message>
        <source>{n} attempt</source>
        <translation>{n} Versuch</translation>
    </message>
    <message>
        <source>{n} attempts</source>
        <translation>{n} Versuche</translation>
    </message>
    <message>
        <source>{n} batch job</source>
        <translation>{n} Batch-Auftrag</translation>
    </message>
    <message>
        <source>{n} batch jobs</source>
        <translation>{n} Batch-Aufträgen</translation>
    </message>
    <message>
        <source>{n} call</source>
        <translation>{n} Aufruf</translation>
    </message>
    <message>
        <source>{n} call at most</source>
        <translation>höchstens {n} Aufruf</translation>
    </message>
    <message>
        <source>{n} call beside the answers</source>
        <translation>{n} Aufruf neben den Antworten</translation>
    </message>
    <message>
        <source>{n} calls</source>
        <translation>{n} Aufrufe</translation>
    </message>
    <message>
        <source>{n} calls at most</source>
        <translation>höchstens {n} Aufrufe</translation>
    </message>
    <message>
        <source>{n} calls beside the answers</source>
        <translation>{n} Aufrufe neben den Antworten</translation>
    </message>
    <message>
        <source>{n} changed row</source>
        <translation>{n} geänderte Zeile</translation>
    </message>
    <message>
        <source>{n} changed rows</source>
        <translation>{n} geänderte Zeilen</translation>
    </message>
    <message>
        <source>{n} character</source>
        <translation>{n} Zeichen</translation>
    </message>
    <message>
        <source>{n} characters</source>
        <translation>{n} Zeichen</translation>
    </message>
    <message>
        <source>{n} column</source>
        <translation>{n} Spalte</translation>
    </message>
    <message>
        <source>{n} columns</source>
        <translation>{n} Spalten</translation>
    </message>
    <message>
        <source>{n} complete before</source>
        <translation>{n} vorher vollständig</translation>
    </message>
    <message>
        <source>{n} day</source>
        <translation>{n} Tag</translation>
    </message>
    <message>
        <source>{n} days</source>
        <translation>{n} Tage</translation>
    </message>
    <message>
        <source>{n} done</source>
        <translation>{n} fertig</translation>
    </message>
    <message>
        <source>{n} edited</source>
        <translation>{n} bearbeitet</translation>
    </message>
    <message>
        <source>{n} escalated</source>
        <translation>{n} an das größere Modell gegeben</translation>
    </message>
    <message>
        <source>{n} escalated ({share})</source>
        <translation>{n} an das größere Modell gegeben ({share})</translation>
    </message>
    <message>
        <source>{n} failed</source>
        <translation>{n} fehlgeschlagen</translation>
    </message>
    <message>
        <source>{n} file</source>
        <translation>{n} Datei</translation>
    </message>
    <message>
        <source>{n} files</source>
        <translation>{n} Dateien</translation>
    </message>
    <message>
        <source>{n} is made once for both.</source>
        <translation>{n} wird für beide einmal gemacht.</translation>
    </message>
    <message>
        <source>{n} judge call</source>
        <translation>{n} Aufruf eines Richters</translation>
    </message>
    <message>
        <source>{n} judge calls</source>
        <translation>{n} Aufrufe von Richtern</translation>
    </message>
    <message>
        <source>{n} left</source>
        <translation>{n} übrig</translation>
    </message>
    <message>
        <source>{n} left in this filter</source>
        <translation>{n} übrig in diesem Filter</translation>
    </message>
    <message>
        <source>{n} mistake.</source>
        <translation>{n} Fehler.</translation>
    </message>
    <message>
        <source>{n} mistakes.</source>
        <translation>{n} Fehler.</translation>
    </message>
    <message>
        <source>{n} model</source>
        <translation>{n} Modell</translation>
    </message>
    <message>
        <source>{n} models</source>
        <translation>{n} Modelle</translation>
    </message>
    <message>
        <source>{n} new row</source>
        <translation>{n} neue Zeile</translation>
    </message>
    <message>
        <source>{n} new rows</source>
        <translation>{n} neue Zeilen</translation>
    </message>
    <message>
        <source>{n} not run</source>
        <translation>{n} nicht ausgeführt</translation>
    </message>
    <message>
        <source>{n} not run or complete before</source>
        <translation>{n} nicht ausgeführt oder vorher vollständig</translation>
    </message>
    <message>
        <source>{n} of the sample have other answers since.</source>
        <translation>{n} der Stichprobe haben seither andere Antworten.</translation>
    </message>
    <message>
        <source>{n} of the sample still to be read.</source>
        <translation>{n} der Stichprobe sind noch zu lesen.</translation>
    </message>
    <message>
        <source>{n} of {rows} rows failed for one reason: {reason}</source>
        <translation>{n} von {rows} Zeilen sind aus einem Grund gescheitert: {reason}</translation>
    </message>
    <message>
        <source>{n} output edited there</source>
        <translation>{n} Ausgabe dort geändert</translation>
    </message>
    <message>
        <source>{n} outputs edited there</source>
        <translation>{n} Ausgaben dort geändert</translation>
    </message>
    <message>
        <source>{n} passed at once</source>
        <translation>{n} auf Anhieb bestanden</translation>
    </message>
    <message>
        <source>{n} passed at once ({share})</source>
        <translation>{n} sofort bestanden ({share})</translation>
    </message>
    <message>
        <source>{n} place that uses it</source>
        <translation>{n} Stelle, die es benutzt</translation>
    </message>
    <message>
        <source>{n} place uses</source>
        <translation>{n} Stelle benutzt</translation>
    </message>
    <message>
        <source>{n} places that use it</source>
        <translation>{n} Stellen, die es benutzen</translation>
    </message>
    <message>
        <source>{n} places use</source>
        <translation>{n} Stellen benutzen</translation>
    </message>
    <message>
        <source>{n} read, {wrong}</source>
        <translation>{n} gelesen, {wrong}</translation>
    </message>
    <message>
        <source>{n} rejected</source>
        <translation>{n} abgelehnt</translation>
    </message>
    <message>
        <source>{n} retries</source>
        <translation>{n} Wiederholungen</translation>
    </message>
    <message>
        <source>{n} retry</source>
        <translation>{n} Wiederholung</translation>
    </message>
    <message>
        <source>{n} row</source>
        <translation>{n} Zeile</translation>
    </message>
    <message>
        <source>{n} row is done and kept</source>
        <translation>{n} Zeile ist fertig und behalten</translation>
    </message>
    <message>
        <source>{n} row is gone</source>
        <translation>{n} Zeile ist weg</translation>
    </message>
    <message>
        <source>{n} row selected</source>
        <translation>{n} Zeile ausgewählt</translation>
    </message>
    <message>
        <source>{n} row without an answer of both counts for neither.</source>
        <translation>{n} Zeile ohne Antwort beider zählt für keine Seite.</translation>
    </message>
    <message>
        <source>{n} rows</source>
        <translation>{n} Zeilen</translation>
    </message>
    <message>
        <source>{n} rows are done and kept</source>
        <translation>{n} Zeilen sind fertig und behalten</translation>
    </message>
    <message>
        <source>{n} rows are gone</source>
        <translation>{n} Zeilen sind weg</translation>
    </message>
    <message>
        <source>{n} rows selected</source>
        <translation>{n} Zeilen ausgewählt</translation>
    </message>
    <message>
        <source>{n} rows without an answer of both count for neither.</source>
        <translation>{n} Zeilen ohne Antwort beider zählen für keine Seite.</translation>
    </message>
    <message>
        <source>{n} run</source>
        <translation>{n} Lauf</translation>
    </message>
    <message>
        <source>{n} runs</source>
        <translation>{n} Läufe</translation>
    </message>
    <message>
        <source>{n} selected row</source>
        <translation>{n} ausgewählte Zeile</translation>
    </message>
    <message>
        <source>{n} selected rows</source>
        <translation>{n} ausgewählte Zeilen</translation>
    </message>
    <message>
        <source>{n} skipped</source>
        <translation>{n} übersprungen</translation>
    </message>
    <message>
        <source>{n} step</source>
        <translation>{n} Schritt</translation>
    </message>
    <message>
        <source>{n} step for each row:</source>
        <translation>{n} Schritt für jede Zeile:</translation>
    </message>
    <message>
        <source>{n} steps</source>
        <translation>{n} Schritte</translation>
    </message>
    <message>
        <source>{n} steps for each row:</source>
        <translation>{n} Schritte für jede Zeile:</translation>
    </message>
    <message>
        <source>{n} stopped</source>
        <translation>{n} angehalten</translation>
    </message>
    <message>
        <source>{n} to review</source>
        <translation>{n} zu prüfen</translation>
    </message>
    <message>
        <source>{n} to review ({share})</source>
        <translation>{n} zu prüfen ({share})</translation>
    </message>
    <message>
        <source>{n} token</source>
        <translation>{n} Token</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} Token</translation>
    </message>
    <message>
        <source>{n} tokens read from it</source>
        <translation>{n} Token daraus gelesen</translation>
    </message>
    <message>
        <source>{n} word</source>
        <translation>{n} Wort</translation>
    </message>
    <message>
        <source>{n} word gone</source>
        <translation>{n} Wort weg</translation>
    </message>
    <message>
        <source>{n} word new</source>
        <translation>{n} Wort neu</translation>
    </message>
    <message>
        <source>{n} words</source>
        <translation>{n} Wörter</translation>
    </message>
    <message>
        <source>{n} words gone</source>
        <translation>{n} Wörter weg</translation>
    </message>
    <message>
        <source>{n} words new</source>
        <translation>{n} Wörter neu</translation>
    </message>
    <message>
        <source>{n} written to it</source>
        <translation>{n} hineingeschrieben</translation>
    </message>
    <message>
        <source>{n} wrong</source>
        <translation>{n} falsch</translation>
    </message>
    <message>
        <source>{places} &quot;{old}&quot; by its name. Write &quot;{new}&quot; there, too?</source>
        <translation>{places} „{old}“ mit Namen. Auch dort „{new}“ schreiben?</translation>
    </message>
    <message>
        <source>{place}. {step}: column {columns}</source>
        <translation>{place}. {step}: Spalte {columns}</translation>
    </message>
    <message>
        <source>{place}. {step}: columns {columns}</source>
        <translation>{place}. {step}: Spalten {columns}</translation>
    </message>
    <message>
        <source>{provider} can be asked once the chain&apos;s providers say where it is.</source>
        <translation>{provider} kann gefragt werden, sobald die Kette sagt, wo der Anbieter ist.</translation>
    </message>
    <message>
        <source>{provider} needs an API key, and there is none yet. Nothing was asked.</source>
        <translation>{provider} braucht einen API-Schlüssel, und es gibt noch keinen. Nichts wurde gefragt.</translation>
    </message>
    <message>
        <source>{rate} rows/min</source>
        <translation>{rate} Zeilen/min</translation>
    </message>
    <message>
        <source>{rest} are done, not reviewed and not doubtful; {doubtful} are doubtful: read these one by one.</source>
        <translation>{rest} sind fertig, nicht geprüft und nicht zweifelhaft; {doubtful} sind zweifelhaft: Diese lesen Sie am besten einzeln.</translation>
    </message>
    <message>
        <source>{review} of {rows}</source>
        <translation>{review} von {rows}</translation>
    </message>
    <message>
        <source>{rows:,} rows, {columns} columns.</source>
        <translation>{rows:,} Zeilen, {columns} Spalten.</translation>
    </message>
    <message>
        <source>{rows} compared, {n} differ.</source>
        <translation>{rows} verglichen, {n} unterscheiden sich.</translation>
    </message>
    <message>
        <source>{rows} drawn to be read.</source>
        <translation>{rows} zum Lesen gezogen.</translation>
    </message>
    <message>
        <source>{rows} for other reasons</source>
        <translation>{rows} aus anderen Gründen</translation>
    </message>
    <message>
        <source>{rows} submitted in {jobs}, which go on at {providers} without ChainDesk.</source>
        <translation>{rows} eingereicht in {jobs}; bei {providers} läuft das ohne ChainDesk weiter.</translation>
    </message>
    <message>
        <source>{rows} submitted: the batch jobs are cancelled, and what they have answered is kept. The rest of the run is asked at once, at the full price: {cost}.</source>
        <translation>{rows} eingereicht: Die Batch-Aufträge werden abgebrochen, und was sie beantwortet haben, bleibt. Der Rest des Laufs wird sofort gefragt, zum vollen Preis: {cost}.</translation>
    </message>
    <message>
        <source>{rows} → {place}</source>
        <translation>{rows} → {place}</translation>
    </message>
    <message>
        <source>{rows}, a file each: {names}</source>
        <translation>{rows}, je eine Datei: {names}</translation>
    </message>
    <message>
        <source>{runs} with {answers}</source>
        <translation>{runs} mit {answers}</translation>
    </message>
    <message>
        <source>{said} and {n} more stand in no input</source>
        <translation>{said} und {n} weitere stehen in keiner Eingabe</translation>
    </message>
    <message>
        <source>{said} does not stand word for word in its source</source>
        <translation>{said} steht nicht wörtlich in seiner Quelle</translation>
    </message>
    <message>
        <source>{said} is no date</source>
        <translation>{said} ist kein Datum</translation>
    </message>
    <message>
        <source>{said} is no e-mail address</source>
        <translation>{said} ist keine E-Mail-Adresse</translation>
    </message>
    <message>
        <source>{said} is no number</source>
        <translation>{said} ist keine Zahl</translation>
    </message>
    <message>
        <source>{said} is no web address</source>
        <translation>{said} ist keine Webadresse</translation>
    </message>
    <message>
        <source>{said} is none of {allowed}</source>
        <translation>{said} ist nichts von: {allowed}</translation>
    </message>
    <message>
        <source>{said} is not {range}</source>
        <translation>{said} ist nicht {range}</translation>
    </message>
    <message>
        <source>{said} stand in no input</source>
        <translation>{said} stehen in keiner Eingabe</translation>
    </message>
    <message>
        <source>{said} stands in no input</source>
        <translation>{said} steht in keiner Eingabe</translation>
    </message>
    <message>
        <source>{seconds} s each</source>
        <translation>je {seconds} s</translation>
    </message>
    <message>
        <source>{seconds} s each (half under {half} s</source>
        <translation>je {seconds} s (die Hälfte unter {half} s</translation>
    </message>
    <message>
        <source>{shown} (is not opened: only web and mail addresses are)</source>
        <translation>{shown} (wird nicht geöffnet: nur Web- und Mailadressen)</translation>
    </message>
    <message>
        <source>{shown} of {rows}, the first ones</source>
        <translation>{shown} von {rows}, die ersten</translation>
    </message>
    <message>
        <source>{shown} of {total} shown</source>
        <translation>{shown} von {total} gezeigt</translation>
    </message>
    <message>
        <source>{speed_up}× faster than one by one</source>
        <translation>{speed_up}× schneller als nacheinander</translation>
    </message>
    <message>
        <source>{spent} is spent already: write a larger sum, or none for no limit.</source>
        <translation>{spent} ist schon ausgegeben: schreiben Sie eine größere Summe, oder keine für keine Grenze.</translation>
    </message>
    <message>
        <source>{status}: {kind}</source>
        <translation>{status}: {kind}</translation>
    </message>
    <message>
        <source>{steps}: shown is the answer to an earlier prompt; a trial asks anew.</source>
        <translation>{steps}: gezeigt ist die Antwort auf einen früheren Prompt; eine Probe fragt neu.</translation>
    </message>
    <message>
        <source>{step}, now</source>
        <translation>{step}, jetzt</translation>
    </message>
    <message>
        <source>{step}, {row}</source>
        <translation>{step}, {row}</translation>
    </message>
    <message>
        <source>{step}: half under {half}, 95 % under {most}</source>
        <translation>{step}: die Hälfte unter {half}, 95 % unter {most}</translation>
    </message>
    <message>
        <source>{step}: {answers}, half under {median}, 5 to 95 % from {low} to {high}</source>
        <translation>{step}: {answers}, die Hälfte unter {median}, 5 bis 95 % von {low} bis {high}</translation>
    </message>
    <message>
        <source>{step}: {message} ({value}, {attempts} calls)</source>
        <translation>{step}: {message} ({value}, {attempts} Aufrufe)</translation>
    </message>
    <message>
        <source>{title}…</source>
        <translation>{title}…</translation>
    </message>
    <message>
        <source>{told} The key is not kept yet.</source>
        <translation>{told} Der Schlüssel ist noch nicht behalten.</translation>
    </message>
    <message>
        <source>{total} tokens</source>
        <translation>{total} Token</translation>
    </message>
    <message>
        <source>{used} of {limit} {unit} a minute</source>
        <translation>{used} von {limit} {unit} je Minute</translation>
    </message>
    <message>
        <source>{winner} is better, that is sure ({p}).</source>
        <translation>{winner} ist besser, das ist sicher ({p}).</translation>
    </message>
    <message>
        <source>{words} It is asked for all the same.</source>
        <translation>{words} Es wird trotzdem gefragt.</translation>
    </message>
    <message>
        <source>{workbook}, sheet {sheet}</source>
        <translation>{workbook}, Blatt {sheet}</translation>
    </message>
    <message>
        <source>… ({n} characters more)</source>
        <translation>… (noch {n} Zeichen)</translation>
    </message>
    <message>
        <source>… and {n} more; --json and --html tell of all</source>
        <translation>… und {n} weitere; --json und --html nennen alle</translation>
    </message>
    <message>
        <source>… being written: no answer yet</source>
        <translation>… wird geschrieben: noch keine Antwort</translation>
    </message>
    <message>
        <source>↻ Stale: its inputs or prompt have changed since. A run asks again.</source>
        <translation>↻ Veraltet: Eingaben oder Prompt haben sich geändert. Ein Lauf fragt noch einmal.</translation>
    </message>
    <message>
        <source>↻ The next run asks with your note: “{note}”</source>
        <translation>↻ Der nächste Lauf fragt mit Ihrer Notiz: „{note}“</translation>
    </message>
    <message>
        <source>⚑ Check: {words}</source>
        <translation>⚑ Prüfung: {words}</translation>
    </message>
    <message>
        <source>⚠ The answer is empty.</source>
        <translation>⚠ Die Antwort ist leer.</translation>
    </message>
    <message>
        <source>⚠ {error} A name can be typed all the same.</source>
        <translation>⚠ {error} Ein Name kann trotzdem getippt werden.</translation>
    </message>
    <message>
        <source>⚠ {length} characters: a cell holds {most}, and an export puts the whole text into a file beside it.</source>
        <translation>⚠ {length} Zeichen: eine Zelle fasst {most}, und ein Export legt den ganzen Text in eine Datei daneben.</translation>
    </message>
    <message>
        <source>⚠ {n} control character, which a sheet does not show.</source>
        <translation>⚠ {n} Steuerzeichen, das ein Blatt nicht zeigt.</translation>
    </message>
    <message>
        <source>⚠ {n} control characters, which a sheet does not show.</source>
        <translation>⚠ {n} Steuerzeichen, die ein Blatt nicht zeigt.</translation>
    </message>
    <message>
        <source>✂ Cut at the output limit: raise max_output_tokens in the chain.</source>
        <translation>✂ An der Ausgabegrenze gekürzt: erhöhen Sie max_output_tokens in der Kette.</translation>
    </message>
    <message>
        <source>✂ Cut: an answer was cut at the output limit.</source>
        <translation>✂ Gekürzt: eine Antwort wurde an der Ausgabegrenze gekürzt.</translation>
    </message>
    <message>
        <source>✎ After your note: “{note}”</source>
        <translation>✎ Nach Ihrer Notiz: „{note}“</translation>
    </message>
    <message>
        <source>✎ Edited by you, kept although its inputs or prompt have changed. From here: ask again.</source>
        <translation>✎ Von Ihnen geändert, behalten, obwohl sich Eingaben oder Prompt änderten. Ab hier: neu fragen.</translation>
    </message>
    <message>
        <source>✎ Edited by you: later steps and exports use it.</source>
        <translation>✎ Von Ihnen geändert: spätere Schritte und Exporte benutzen es.</translation>
    </message>
    <message>
        <source>✎ Kept: an output that you wrote or approved stays although its inputs or prompt have changed.</source>
        <translation>✎ Behalten: eine Ausgabe, die Sie schrieben oder annahmen, bleibt, obwohl sich Eingaben oder Prompt änderten.</translation>
    </message>
    <message>
        <source>✎ You</source>
        <translation>✎ Sie</translation>
    </message>
    <message>
        <source>✓ No mistake found. It fits sheet &quot;{sheet}&quot; in {name}.</source>
        <translation>✓ Kein Fehler gefunden. Die Kette passt zum Blatt „{sheet}“ in {name}.</translation>
    </message>
    <message>
        <source>✓ No mistake found. With a workbook open, its columns are checked too.</source>
        <translation>✓ Kein Fehler gefunden. Ist eine Arbeitsmappe offen, werden auch ihre Spalten geprüft.</translation>
    </message>
    <message>
        <source>✓ for this session only</source>
        <translation>✓ nur für diese Sitzung</translation>
    </message>
    <message>
        <source>✓ from the environment</source>
        <translation>✓ aus der Umgebung</translation>
    </message>
    <message>
        <source>✓ in the keyring</source>
        <translation>✓ im Schlüsselbund</translation>
    </message>
    <message>
        <source>✓ {name} answers: {models} models, such as {list}.</source>
        <translation>✓ {name} antwortet: {models} Modelle, etwa {list}.</translation>
    </message>
    <message>
        <source>✔ Approved by you before its inputs or prompt changed, and kept. From here: ask again.</source>
        <translation>✔ Von Ihnen angenommen, bevor sich Eingaben oder Prompt änderten, und behalten. Ab hier: neu fragen.</translation>
    </message>
    <message>
        <source>✔ Chosen again by you, and kept although its inputs or prompt have changed since.</source>
        <translation>✔ Von Ihnen wieder gewählt und behalten, obwohl sich Eingaben oder Prompt geändert haben.</translation>
    </message>
    <message>
        <source>✕ This answer does not fit the step&apos;s fields. It is kept, but nothing uses it.</source>
        <translation>✕ Diese Antwort passt nicht zu den Feldern des Schritts. Sie bleibt, aber nichts benutzt sie.</translation>
    </message>
    <message>
        <source>✕ no key yet</source>
        <translation>✕ noch kein Schlüssel</translation>
    </message>
    <message>
        <source>✕ {n} mistake</source>
        <translation>✕ {n} Fehler</translation>
    </message>
    <message>
        <source>✕ {n} mistakes</source>
        <translation>✕ {n} Fehler</translation>
    </message>
    <message>
        <source>✕ {rows}: {reason}</source>
        <translation>✕ {rows}: {reason}</translation>
    </message>
</context>
</TS>
