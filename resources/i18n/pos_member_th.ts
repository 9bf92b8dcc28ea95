<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="th" sourcelanguage="en">
<context>
    <name>till</name>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Clear</source>
        <translation>ล้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Enter</source>
        <translation>ตกลง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Erase</source>
        <translation>ลบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/shell.py"/>
        <source>Something went wrong inside. Nothing was lost: try again, or restart the till.</source>
        <translation>โปรแกรมทำงานผิดพลาด ข้อมูลไม่หาย ลองอีกครั้ง หรือปิดแล้วเปิดโปรแกรมใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Times</source>
        <translation>คูณ</translation>
    </message>
</context>
</TS>
