; The installer for Windows: for this user or for all, a place in the Start menu, offered for workbooks without becoming
; their default, and an uninstaller that leaves the user's own data where it is. dev.py package defines VERSION, SOURCE, TARGET, ICON.

Unicode true
!include "MUI2.nsh"
!include "x64.nsh"
!define MULTIUSER_EXECUTIONLEVEL Highest
!define MULTIUSER_MUI
!define MULTIUSER_INSTALLMODE_COMMANDLINE
!define MULTIUSER_USE_PROGRAMFILES64
!define MULTIUSER_INSTALLMODE_INSTDIR "ChainDesk"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_KEY "Software\ChainDesk"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_VALUENAME "Folder"
!include "MultiUser.nsh"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\ChainDesk"

Name "ChainDesk"
OutFile "${TARGET}"
SetCompressor /SOLID lzma
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "ChainDesk"
VIAddVersionKey "FileDescription" "ChainDesk installer"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "The ChainDesk authors, MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\chaindesk-app.exe"
!insertmacro MULTIUSER_PAGE_INSTALLMODE
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_ICONSTOP "ChainDesk needs a 64-bit Windows 10 or later." /SD IDOK
    Abort
  ${EndIf}
  !insertmacro MULTIUSER_INIT
FunctionEnd

Function un.onInit
  !insertmacro MULTIUSER_UNINIT
FunctionEnd

Section "ChainDesk"
  ; A file that is in use cannot be replaced: an open window is closed by its user, who may have a run going on.
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\chaindesk-app.exe"
    FileOpen $0 "$INSTDIR\chaindesk-app.exe" a
    ${If} ${Errors}
      MessageBox MB_ICONSTOP "ChainDesk is open. Close it, then install again." /SD IDOK
      Abort
    ${EndIf}
    FileClose $0
  ${EndIf}
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\ChainDesk.lnk" "$INSTDIR\chaindesk-app.exe"

  WriteRegStr SHCTX "Software\ChainDesk" "Folder" "$INSTDIR"
  WriteRegStr SHCTX "Software\Classes\ChainDesk.Workbook\shell\open\command" "" '"$INSTDIR\chaindesk-app.exe" "%1"'
  WriteRegStr SHCTX "Software\Classes\ChainDesk.Workbook" "FriendlyTypeName" "Workbook in ChainDesk"
  WriteRegStr SHCTX "Software\Classes\.xlsx\OpenWithProgids" "ChainDesk.Workbook" ""
  WriteRegStr SHCTX "Software\Classes\.xlsm\OpenWithProgids" "ChainDesk.Workbook" ""
  WriteRegStr SHCTX "Software\Classes\.csv\OpenWithProgids" "ChainDesk.Workbook" ""
  WriteRegStr SHCTX "Software\Microsoft\Windows\CurrentVersion\App Paths\chaindesk.exe" "" "$INSTDIR\chaindesk.exe"

  WriteRegStr SHCTX "${UNINSTALL}" "DisplayName" "ChainDesk"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL}" "Publisher" "The ChainDesk authors"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayIcon" "$INSTDIR\chaindesk-app.exe"
  WriteRegStr SHCTX "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode'
  WriteRegStr SHCTX "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode /S'
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\chaindesk.exe"
  Delete "$INSTDIR\chaindesk-app.exe"
  Delete "$INSTDIR\THIRD-PARTY-LICENCES.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\ChainDesk.lnk"
  DeleteRegKey SHCTX "Software\Classes\ChainDesk.Workbook"
  DeleteRegValue SHCTX "Software\Classes\.xlsx\OpenWithProgids" "ChainDesk.Workbook"
  DeleteRegValue SHCTX "Software\Classes\.xlsm\OpenWithProgids" "ChainDesk.Workbook"
  DeleteRegValue SHCTX "Software\Classes\.csv\OpenWithProgids" "ChainDesk.Workbook"
  DeleteRegValue SHCTX "Software\Classes\.csv\OpenWithProgids" "ChainDesk.Workbook"
  DeleteRegKey SHCTX "Software\Microsoft\Windows\CurrentVersion\App Paths\chaindesk.exe"
  DeleteRegKey SHCTX "Software\ChainDesk"
  DeleteRegKey SHCTX "${UNINSTALL}"
SectionEnd
