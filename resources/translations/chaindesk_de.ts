<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name></name>
    <message>
        <source> and </source>
        <translation> und </translation>
    </message>
    <message>
        <source>&amp;Between the cells</source>
        <translation>Z&amp;wischen den Zellen</translation>
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
        <source>&amp;Filter…</source>
        <translation>&amp;Filtern…</translation>
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
        <source>&amp;Hide “{column}”</source>
        <translation>„{column}“ &amp;verbergen</translation>
    </message>
    <message>
        <source>&amp;Name of each file</source>
        <translation>&amp;Name jeder Datei</translation>
    </message>
    <message>
        <source>&amp;One line a row</source>
        <translation>&amp;Eine Zeile Text</translation>
    </message>
    <message>
        <source>&amp;Rows</source>
        <translation>&amp;Zeilen</translation>
    </message>
    <message>
        <source>&amp;Save as</source>
        <translation>Speichern &amp;als</translation>
    </message>
    <message>
        <source>&amp;Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Two lines a row</source>
        <translation>Z&amp;wei Zeilen Text</translation>
    </message>
    <message>
        <source>&amp;Usual places and widths</source>
        <translation>&amp;Übliche Plätze und Breiten</translation>
    </message>
    <message>
        <source>&amp;Whole cell</source>
        <translation>&amp;Ganze Zelle</translation>
    </message>
    <message>
        <source>&amp;YAML</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(empty)</source>
        <translation>(leer)</translation>
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
        <source>A run is going on.</source>
        <translation>Ein Lauf ist im Gange.</translation>
    </message>
    <message>
        <source>A run is going on. Try the step when it has ended.</source>
        <translation>Ein Lauf ist im Gange. Probieren Sie den Schritt, wenn er zu Ende ist.</translation>
    </message>
    <message>
        <source>A step got no usable answer: the panel says why, Retry failed asks again.</source>
        <translation>Ein Schritt bekam keine brauchbare Antwort: der Zeilenbereich sagt warum, Fehlgeschlagene wiederholen fragt noch einmal.</translation>
    </message>
    <message>
        <source>A step that is off makes no call and writes no column</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A workbook keeps its own columns.</source>
        <translation>Eine Arbeitsmappe behält ihre eigenen Spalten.</translation>
    </message>
    <message>
        <source>A {ending} file cannot hold the new columns as a workbook does: export a copy.</source>
        <translation>Eine {ending}-Datei kann die neuen Spalten nicht wie eine Arbeitsmappe halten: exportieren Sie eine Kopie.</translation>
    </message>
    <message>
        <source>About ChainDesk</source>
        <translation>Über ChainDesk</translation>
    </message>
    <message>
        <source>Add a step at the end (Ctrl+Shift+Return)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
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
        <source>Another program has changed {name}, and it cannot be read now. What is shown is as it was.</source>
        <translation>Ein anderes Programm hat {name} geändert, und sie kann jetzt nicht gelesen werden. Gezeigt ist, was war.</translation>
    </message>
    <message>
        <source>Another program has saved {name}: {changes}.</source>
        <translation>Ein anderes Programm hat {name} gespeichert: {changes}.</translation>
    </message>
    <message>
        <source>Answer fields</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer of {name} for this row</source>
        <translation>Antwort von {name} für diese Zeile</translation>
    </message>
    <message>
        <source>Answers of the trial</source>
        <translation>Antworten der Probe</translation>
    </message>
    <message>
        <source>Approve, reject, edit</source>
        <translation>Annehmen, ablehnen, bearbeiten</translation>
    </message>
    <message>
        <source>Approved before: row {rows}. Saved with another prompt, the chain shows this answer there, unreviewed.</source>
        <translation>Schon angenommen: Zeile {rows}. Mit anderem Prompt gespeichert, zeigt die Kette dort diese Antwort, ungeprüft.</translation>
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
        <source>Ask for the models again</source>
        <translation>Noch einmal nach den Modellen fragen</translation>
    </message>
    <message>
        <source>Ask once more for another answer, which is paid for</source>
        <translation>Noch einmal um eine andere Antwort bitten, die bezahlt wird</translation>
    </message>
    <message>
        <source>Ask the provider for its models again</source>
        <translation>Den Anbieter noch einmal nach seinen Modellen fragen</translation>
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
        <source>Asking {provider} for its models…</source>
        <translation>{provider} wird nach seinen Modellen gefragt…</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Fragt…</translation>
    </message>
    <message>
        <source>Between the cells</source>
        <translation>Zwischen den Zellen</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <source>CSV table</source>
        <translation>CSV-Tabelle</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Chain file</source>
        <translation>Kettendatei</translation>
    </message>
    <message>
        <source>ChainDesk: MIT licence. The window is made with Qt for Python, under the LGPL 3.</source>
        <translation>ChainDesk: MIT-Lizenz. Das Fenster ist mit Qt for Python gemacht, unter der LGPL 3.</translation>
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
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
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
        <source>Columns in double braces; .md, .txt or .html at the end</source>
        <translation>Spalten in doppelten Klammern; .md, .txt oder .html am Ende</translation>
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
        <source>Contains</source>
        <translation>Enthält</translation>
    </message>
    <message>
        <source>Contains…</source>
        <translation>Enthält…</translation>
    </message>
    <message>
        <source>Copy versions and folders</source>
        <translation>Versionen und Ordner kopieren</translation>
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
        <source>Do not send it</source>
        <translation>Nicht senden</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Drag the step to another place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Duplicate the step (Ctrl+D)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each call holds back the most that it can cost until its answer is there. What is left of the budget is held back by the calls under way, so this row waits for one of them to end. A larger budget lets more rows run.</source>
        <translation>Jeder Aufruf hält zurück, was er höchstens kosten kann, bis seine Antwort da ist. Der Rest des Budgets ist von laufenden Aufrufen zurückgehalten, darum wartet diese Zeile, bis einer davon endet. Ein größeres Budget lässt mehr Zeilen laufen.</translation>
    </message>
    <message>
        <source>Earlier steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ending… What has been answered is kept.</source>
        <translation>Endet… Was beantwortet ist, bleibt.</translation>
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
        <source>Excel workbook: a completed copy</source>
        <translation>Excel-Arbeitsmappe: eine fertige Kopie</translation>
    </message>
    <message>
        <source>Excel workbook: into this file</source>
        <translation>Excel-Arbeitsmappe: in diese Datei</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
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
        <source>Exporting…</source>
        <translation>Exportiert…</translation>
    </message>
    <message>
        <source>F&amp;ilter by this column…</source>
        <translation>Nach dieser Spalte &amp;filtern…</translation>
    </message>
    <message>
        <source>Field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter by {column}</source>
        <translation>Nach {column} filtern</translation>
    </message>
    <message>
        <source>Find a command</source>
        <translation>Einen Befehl finden</translation>
    </message>
    <message>
        <source>Fit the &amp;width to the texts</source>
        <translation>Breite an die Texte an&amp;passen</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Go back to the file as it is on the disk</source>
        <translation>Zurück zur Datei, wie sie auf der Platte ist</translation>
    </message>
    <message>
        <source>Go on editing</source>
        <translation>Weiter bearbeiten</translation>
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
        <source>How much of a text the table shows</source>
        <translation>Wie viel von einem Text die Tabelle zeigt</translation>
    </message>
    <message>
        <source>How the model is to work, such as: You are a careful researcher.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ID column</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the YAML, and kept as it is: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the table</source>
        <translation>In der Tabelle</translation>
    </message>
    <message>
        <source>Insert {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Is empty</source>
        <translation>Ist leer</translation>
    </message>
    <message>
        <source>Is not empty</source>
        <translation>Ist nicht leer</translation>
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
        <source>Its turn comes in the run that goes on.</source>
        <translation>Sie kommt in diesem Lauf noch an die Reihe.</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the chain among your templates, to begin others with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept: your text or approval stands although its inputs or prompts have changed.</source>
        <translation>Behalten: Ihr Text oder Ihre Annahme gilt, obwohl sich Eingaben oder Prompts geändert haben.</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Lan&amp;guage</source>
        <translation type="unfinished"></translation>
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
        <source>Leave {name} unsaved?</source>
        <translation>{name} ungespeichert verlassen?</translation>
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
        <source>Like the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Line {number}: </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>Protokolle</translation>
    </message>
    <message>
        <source>Markdown document</source>
        <translation>Markdown-Dokument</translation>
    </message>
    <message>
        <source>Mistakes</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Mistakes of this step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>More…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most tokens of an answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the step down (Alt+Shift+Down)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the step up (Alt+Shift+Up)</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of a new field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of each file</source>
        <translation>Name jeder Datei</translation>
    </message>
    <message>
        <source>Name of field {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the chain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the column</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the template:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next row, row before</source>
        <translation>Nächste Zeile, Zeile davor</translation>
    </message>
    <message>
        <source>Next unreviewed row, history of the output</source>
        <translation>Nächste ungeprüfte Zeile, Geschichte der Ausgabe</translation>
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
        <source>No row is rejected.</source>
        <translation>Keine Zeile ist abgelehnt.</translation>
    </message>
    <message>
        <source>No row is selected in the table.</source>
        <translation>Keine Zeile ist in der Tabelle ausgewählt.</translation>
    </message>
    <message>
        <source>No run is going on.</source>
        <translation>Kein Lauf ist im Gange.</translation>
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
        <source>Nothing is to be done: its inputs are blank, or no step&apos;s condition holds.</source>
        <translation>Es ist nichts zu tun: ihre Eingaben sind leer, oder keine Bedingung gilt.</translation>
    </message>
    <message>
        <source>Nothing was asked for it yet, or something is missing: Run asks.</source>
        <translation>Es wurde noch nichts gefragt, oder etwas fehlt: Ausführen fragt.</translation>
    </message>
    <message>
        <source>On</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the first 3</source>
        <translation>An den ersten 3</translation>
    </message>
    <message>
        <source>One file for each row</source>
        <translation>Eine Datei für jede Zeile</translation>
    </message>
    <message>
        <source>Only approved: {n}</source>
        <translation>Nur angenommene: {n}</translation>
    </message>
    <message>
        <source>Only if</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only our columns are written; the workbook as it is now is kept as a backup.</source>
        <translation>Nur unsere Spalten werden geschrieben; die Arbeitsmappe, wie sie jetzt ist, bleibt als Sicherung.</translation>
    </message>
    <message>
        <source>Only the step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
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
        <source>Open it there</source>
        <translation>Dort öffnen</translation>
    </message>
    <message>
        <source>Open keys…</source>
        <translation>Schlüssel öffnen…</translation>
    </message>
    <message>
        <source>Order of the &amp;sheet</source>
        <translation>&amp;Reihenfolge des Blatts</translation>
    </message>
    <message>
        <source>Outputs only</source>
        <translation>Nur Ausgaben</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Price and list of the models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
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
        <source>Put the cursor into a step: its prompt is shown here.</source>
        <translation>Setzen Sie den Cursor in einen Schritt: hier steht sein Prompt.</translation>
    </message>
    <message>
        <source>Put {name} into the prompt: click, or drag it there</source>
        <translation type="unfinished"></translation>
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
        <source>Reading the rows…</source>
        <translation>Die Zeilen werden gelesen…</translation>
    </message>
    <message>
        <source>Reading the sheet</source>
        <translation>Das Blatt wird gelesen</translation>
    </message>
    <message>
        <source>Reading: {rows} so far</source>
        <translation>Liest: {rows} bis jetzt</translation>
    </message>
    <message>
        <source>Reasoning effort</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo (Ctrl+Shift+Z)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the field {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the step (Ctrl+Shift+Delete)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename the step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename there, too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Renamed. Answers that &quot;{old}&quot; has so far stay under that name: a run asks &quot;{new}&quot; anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace it</source>
        <translation type="unfinished"></translation>
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
        <source>Revert</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Row {number}</source>
        <translation>Zeile {number}</translation>
    </message>
    <message>
        <source>Row {row} waits.</source>
        <translation>Zeile {row} wartet.</translation>
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
        <source>Rows shown</source>
        <translation>Gezeigte Zeilen</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>Runs chains of model calls over the rows of a workbook, side by side, and keeps every answer that was paid for.</source>
        <translation>Führt Ketten von Modellaufrufen über die Zeilen einer Arbeitsmappe aus, nebeneinander, und behält jede bezahlte Antwort.</translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as template…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern als…</translation>
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
        <source>Saved as the template &quot;{name}&quot;.</source>
        <translation type="unfinished"></translation>
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
        <source>Seed</source>
        <translation type="unfinished"></translation>
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
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Show the YAML</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the rows by what the current column holds</source>
        <translation>Die Zeilen nach dem Inhalt der Spalte zeigen</translation>
    </message>
    <message>
        <source>Show the whole text of the cell above the table (Space in the table)</source>
        <translation>Den ganzen Text der Zelle über der Tabelle zeigen (Leertaste in der Tabelle)</translation>
    </message>
    <message>
        <source>Show “{column}”</source>
        <translation>„{column}“ zeigen</translation>
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
        <source>State of the chain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Step {number} of {count}: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop reading this sheet and close it</source>
        <translation>Das Lesen abbrechen und das Blatt schließen</translation>
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
        <source>Take all filters away (Ctrl+Shift+F)</source>
        <translation>Alle Filter wegnehmen (Ctrl+Shift+F)</translation>
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
        <source>Take this filter away</source>
        <translation>Diesen Filter wegnehmen</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation type="unfinished"></translation>
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
        <source>That includes what it needs first: {steps}.</source>
        <translation>Das schließt ein, was er zuerst braucht: {steps}.</translation>
    </message>
    <message>
        <source>The chain has mistakes. The prompt is shown once it can be read.</source>
        <translation>Die Kette hat Fehler. Der Prompt steht hier, sobald sie gelesen werden kann.</translation>
    </message>
    <message>
        <source>The colours of the window</source>
        <translation>Die Farben des Fensters</translation>
    </message>
    <message>
        <source>The field is renamed, and {places}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The language of the window, from the next start on</source>
        <translation>Die Sprache des Fensters, ab dem nächsten Start</translation>
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
        <source>The provider allows only so many requests or tokens in a minute or a day.</source>
        <translation>Der Anbieter erlaubt nur so viele Anfragen oder Token in einer Minute oder am Tag.</translation>
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
        <source>The run goes on with the rows as they were; take the changes in when it has ended.</source>
        <translation>Der Lauf macht mit den Zeilen weiter, wie sie waren; übernehmen Sie die Änderungen, wenn er zu Ende ist.</translation>
    </message>
    <message>
        <source>The run is paused.</source>
        <translation>Der Lauf macht Pause.</translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The step&apos;s condition does not hold for this row: it is skipped.</source>
        <translation>Die Bedingung des Schritts gilt für diese Zeile nicht: er wird übersprungen.</translation>
    </message>
    <message>
        <source>The steps cannot be shown as cards while the text is like this. {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The trial ended before this row was answered.</source>
        <translation>Die Probe endete, bevor diese Zeile beantwortet war.</translation>
    </message>
    <message>
        <source>There is a template &quot;{name}&quot; already.</source>
        <translation type="unfinished"></translation>
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
        <source>This sheet has headers and no rows yet.
Write rows below them, and read the workbook again (Ctrl+Shift+O).</source>
        <translation>Dieses Blatt hat Überschriften und noch keine Zeilen.
Schreiben Sie Zeilen darunter, und lesen Sie die Arbeitsmappe neu (Ctrl+Shift+O).</translation>
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
        <source>Tokens and cost</source>
        <translation>Token und Kosten</translation>
    </message>
    <message>
        <source>Too many rows have outputs to sort and filter by them</source>
        <translation>Zu viele Zeilen haben Ausgaben, um danach zu sortieren und zu filtern</translation>
    </message>
    <message>
        <source>Top p</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trial</source>
        <translation>Probe</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Try on this row</source>
        <translation>An dieser Zeile probieren</translation>
    </message>
    <message>
        <source>Type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type of the new field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo (Ctrl+Z)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Nicht gespeicherte Änderungen</translation>
    </message>
    <message>
        <source>Value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Values</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <source>What decides whether the step runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is there is replaced; if anybody has changed it, it is kept as a backup.</source>
        <translation>Was dort ist, wird ersetzt; hat jemand es geändert, bleibt es als Sicherung.</translation>
    </message>
    <message>
        <source>What the statuses mean</source>
        <translation>Was die Zustände bedeuten</translation>
    </message>
    <message>
        <source>What to ask for each row. Click a column above to put it in, or type {{</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What will be written</source>
        <translation>Was geschrieben wird</translation>
    </message>
    <message>
        <source>Where {name} is blank, write</source>
        <translation type="unfinished"></translation>
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
        <source>Why the steps cannot be shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Window&apos;s place</source>
        <translation>Platz des Fensters</translation>
    </message>
    <message>
        <source>Working out what it costs…</source>
        <translation>Es wird berechnet, was es kostet…</translation>
    </message>
    <message>
        <source>Write this name instead (Ctrl+. takes the first)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write {name} instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Written with an anchor or alias, to be changed in the YAML: {names}.</source>
        <translation type="unfinished"></translation>
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
        <source>You rejected it; Run the rejected rows again asks anew.</source>
        <translation>Von Ihnen abgelehnt; Abgelehnte Zeilen neu ausführen fragt neu.</translation>
    </message>
    <message>
        <source>always</source>
        <translation type="unfinished"></translation>
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
        <source>answered before: nothing paid now</source>
        <translation>schon beantwortet: jetzt nichts bezahlt</translation>
    </message>
    <message>
        <source>choose or type a model</source>
        <translation>ein Modell wählen oder tippen</translation>
    </message>
    <message>
        <source>contains</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>contains “{words}”</source>
        <translation>enthält „{words}“</translation>
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
        <source>empty</source>
        <translation>leer</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>if the column {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>if the output {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is blank</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is empty</source>
        <translation>ist leer</translation>
    </message>
    <message>
        <source>is not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not blank</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not empty</source>
        <translation>ist nicht leer</translation>
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
        <source>is {value}</source>
        <translation>ist {value}</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>new field, then Return</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>no cost</source>
        <translation>keine Kosten</translation>
    </message>
    <message>
        <source>no price is known for {model}</source>
        <translation>kein Preis bekannt für {model}</translation>
    </message>
    <message>
        <source>none: row numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one call about {cost}</source>
        <translation>ein Aufruf etwa {cost}</translation>
    </message>
    <message>
        <source>other columns</source>
        <translation>andere Spalten</translation>
    </message>
    <message>
        <source>price unknown</source>
        <translation>Preis unbekannt</translation>
    </message>
    <message>
        <source>provider&apos;s own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>row {number}</source>
        <translation>Zeile {number}</translation>
    </message>
    <message>
        <source>rows in another order</source>
        <translation>Zeilen in anderer Reihenfolge</translation>
    </message>
    <message>
        <source>simulated, free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>übersprungen</translation>
    </message>
    <message>
        <source>stale</source>
        <translation>veraltet</translation>
    </message>
    <message>
        <source>text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the answer of {step}</source>
        <translation>die Antwort von {step}</translation>
    </message>
    <message>
        <source>the step&apos;s name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>whole number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>without a name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>yes or no</source>
        <translation type="unfinished"></translation>
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
        <source>{done} of {all} reviewed</source>
        <translation>{done} von {all} geprüft</translation>
    </message>
    <message>
        <source>{input} in, {output} out per million tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{mistakes} It can be saved, but not run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be read: {error}.</source>
        <translation>{name} kann nicht gelesen werden: {error}.</translation>
    </message>
    <message>
        <source>{name} could not be saved: {error}. Save it under another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} has no answer for this row yet</source>
        <translation>{name} hat für diese Zeile noch keine Antwort</translation>
    </message>
    <message>
        <source>{name} is called {new} now.</source>
        <translation>{name} heißt jetzt {new}.</translation>
    </message>
    <message>
        <source>{name} is no column and no earlier step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is no longer in {folder}: it was moved, renamed or deleted. What is shown stays, and every answer is kept; exports need the file.</source>
        <translation>{name} ist nicht mehr in {folder}: verschoben, umbenannt oder gelöscht. Was gezeigt ist, bleibt, und jede Antwort auch; Exporte brauchen die Datei.</translation>
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
        <source>{n} call</source>
        <translation>{n} Aufruf</translation>
    </message>
    <message>
        <source>{n} calls</source>
        <translation>{n} Aufrufe</translation>
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
        <source>{n} file</source>
        <translation>{n} Datei</translation>
    </message>
    <message>
        <source>{n} files</source>
        <translation>{n} Dateien</translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} mistakes.</source>
        <translation type="unfinished"></translation>
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
        <source>{n} output edited there</source>
        <translation>{n} Ausgabe dort geändert</translation>
    </message>
    <message>
        <source>{n} outputs edited there</source>
        <translation>{n} Ausgaben dort geändert</translation>
    </message>
    <message>
        <source>{n} place that uses it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} place uses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} places that use it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} places use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} row</source>
        <translation>{n} Zeile</translation>
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
        <source>{n} rows</source>
        <translation>{n} Zeilen</translation>
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
        <source>{n} token</source>
        <translation>{n} Token</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} Token</translation>
    </message>
    <message>
        <source>{n} word</source>
        <translation>{n} Wort</translation>
    </message>
    <message>
        <source>{n} words</source>
        <translation>{n} Wörter</translation>
    </message>
    <message>
        <source>{places} &quot;{old}&quot; by its name. Write &quot;{new}&quot; there, too?</source>
        <translation type="unfinished"></translation>
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
        <source>{rows} → {place}</source>
        <translation>{rows} → {place}</translation>
    </message>
    <message>
        <source>{rows}, a file each: {names}</source>
        <translation>{rows}, je eine Datei: {names}</translation>
    </message>
    <message>
        <source>{shown} of {total} shown</source>
        <translation>{shown} von {total} gezeigt</translation>
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
        <source>{step}, {row}</source>
        <translation>{step}, {row}</translation>
    </message>
    <message>
        <source>… ({n} characters more)</source>
        <translation>… (noch {n} Zeichen)</translation>
    </message>
    <message>
        <source>⚠ {error} A name can be typed all the same.</source>
        <translation>⚠ {error} Ein Name kann trotzdem getippt werden.</translation>
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
        <source>✕ {n} mistake</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✕ {n} mistakes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
