<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="th" sourcelanguage="en">
<context>
    <name>till</name>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>+{points} point(s)</source>
        <translation>+{points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>0 if it is empty</source>
        <translation>ใส่ 0 ถ้าไม่มีเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>08x xxx xxxx</source>
        <translation>08x xxx xxxx</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>21/11/2533 or 21/11</source>
        <translation>21/11/2533 หรือ 21/11</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>50 or -50</source>
        <translation>เช่น 50 หรือ -50</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>A barcode, a card, a coupon or a receipt: scan it, or type its number</source>
        <translation>บาร์โค้ด บัตร คูปอง หรือใบเสร็จ: สแกน หรือพิมพ์ตัวเลข</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>A choice holds at once and is kept · F11 also changes the language · Esc = back</source>
        <translation>เลือกแล้วมีผลทันทีและจำไว้ · F11 เปลี่ยนภาษาได้เช่นกัน · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>A copy carries the same code and says that it is a copy.</source>
        <translation>ใบที่พิมพ์ซ้ำใช้รหัสเดิม และมีคำว่าสำเนา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>A copy is printing.</source>
        <translation>กำลังพิมพ์สำเนา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>A manager approves this change of points</source>
        <translation>ให้ผู้จัดการอนุมัติการปรับแต้มนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>A member already: {name} · {number}</source>
        <translation>เป็นสมาชิกอยู่แล้ว: {name} · {number}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>A next-bill coupon is printed, until {date}</source>
        <translation>พิมพ์คูปองบิลถัดไปให้แล้ว ใช้ได้ถึง {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>A sale of ฿350</source>
        <translation>ขายยอด ฿350</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>A staff badge: lock with F10 to change the cashier</source>
        <translation>นี่คือบัตรพนักงาน กด F10 ล็อกจอก่อนเปลี่ยนแคชเชียร์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>A supervisor approves the end of this coupon</source>
        <translation>ให้หัวหน้างานอนุมัติการยกเลิกคูปองนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>A supervisor approves this return</source>
        <translation>ให้หัวหน้างานอนุมัติการคืนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>About this till</source>
        <translation>เกี่ยวกับเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Add or take</source>
        <translation>เพิ่มหรือหัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Adjust</source>
        <translation>ปรับแต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>After</source>
        <translation>วันถัดไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>All of it</source>
        <translation>คืนทั้งหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Amount</source>
        <translation>รวม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Amount received  (← → other means, + exact cash)</source>
        <translation>รับเงินมา  (← → เปลี่ยนวิธีจ่าย · + เงินสดพอดี)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>An open bill stays open when the cashier changes.</source>
        <translation>เปลี่ยนแคชเชียร์ได้ทันที บิลที่เปิดค้างยังอยู่ครบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Anywhere</source>
        <translation>กดได้ทุกหน้าจอ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Ask the customer, then press + to record the consent</source>
        <translation>ถามลูกค้าก่อน แล้วกด + เพื่อบันทึกความยินยอม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>At the printer</source>
        <translation>ที่เครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>Back to the bill</source>
        <translation>กลับไปที่บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Barcode</source>
        <translation>บาร์โค้ด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Before</source>
        <translation>วันก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Before discounts</source>
        <translation>ยอดก่อนส่วนลด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Belongs to</source>
        <translation>เจ้าของ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Bill</source>
        <translation>บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Bill number</source>
        <translation>เลขที่บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>Bill {number}</source>
        <translation>บิล {number}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Bill {number} completed</source>
        <translation>ปิดบิล {number} แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Bill · {count} line(s)</source>
        <translation>บิล · {count} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Bills</source>
        <translation>บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Bills and members go to head office by themselves.</source>
        <translation>บิลและสมาชิกส่งไปสำนักงานใหญ่เองอัตโนมัติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Bills and returns of the day</source>
        <translation>บิลและใบคืนของวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Birthday (optional)</source>
        <translation>วันเกิด (ไม่บังคับ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Birthday month</source>
        <translation>เดือนเกิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Branch</source>
        <translation>สาขา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Branch manager</source>
        <translation>ผู้จัดการสาขา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Brought by (optional)</source>
        <translation>ผู้แนะนำ (ไม่บังคับ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolled.py"/>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Brought by {name}</source>
        <translation>แนะนำโดย {name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>Came back</source>
        <translation>คืนแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Camera</source>
        <translation>กล้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Camera in use elsewhere</source>
        <translation>กล้องถูกใช้อยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Camera …</source>
        <translation>กำลังเปิดกล้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Can be used</source>
        <translation>ใช้ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Can be used again</source>
        <translation>กลับมาใช้ได้อีก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Cancel it</source>
        <translation>ยกเลิกคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Cancel this coupon for good?</source>
        <translation>ยกเลิกคูปองนี้ถาวรใช่ไหม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Cancel {coupon}</source>
        <translation>ยกเลิก{coupon}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Cancelled</source>
        <translation>ยกเลิกแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Cannot print yet</source>
        <translation>ยังพิมพ์ไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Card</source>
        <translation>บัตร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <source>Card blocked</source>
        <translation>บัตรถูกระงับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Cash</source>
        <translation>เงินสด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Cash drawer</source>
        <translation>ลิ้นชักเก็บเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Cashier</source>
        <translation>แคชเชียร์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Change</source>
        <translation>เงินทอน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Change cashier</source>
        <translation>เปลี่ยนแคชเชียร์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Choose a line of the bill</source>
        <translation>เลือกรายการในบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Clear</source>
        <translation>ล้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Close the shift</source>
        <translation>ปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Close the shift with {amount} counted?</source>
        <translation>ปิดรอบด้วยเงินที่นับได้ {amount}?</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Close with {amount}</source>
        <translation>ปิดรอบด้วย {amount}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Company</source>
        <translation>บริษัท</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Complete the bill</source>
        <translation>ปิดบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Congratulations: the customer is {tier} from now on</source>
        <translation>ยินดีด้วย ลูกค้าเลื่อนเป็นระดับ{tier}แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Copies printed</source>
        <translation>พิมพ์สำเนาแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Count again</source>
        <translation>นับใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Count all notes and coins, the float too. What the till expects is shown after the count.</source>
        <translation>นับธนบัตรและเหรียญทั้งหมด รวมเงินทอนตั้งต้น ยอดที่ควรมีจะแสดงหลังจากใส่ยอดนับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Count the drawer, type the sum, Enter · Ctrl+R = day report · Esc = back</source>
        <translation>นับเงินในลิ้นชัก พิมพ์ยอดรวม Enter · Ctrl+R = รายงานประจำวัน · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Counted in the drawer</source>
        <translation>เงินที่นับได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Coupon</source>
        <translation>คูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Coupon that can be used again</source>
        <translation>คูปองที่กลับมาใช้ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Coupon that ends</source>
        <translation>คูปองที่ถูกยกเลิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Coupon until {date}</source>
        <translation>คูปอง ใช้ได้ถึง {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Coupons</source>
        <translation>คูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Coupons and points appear here once the member is known. Paper coupons: scan.</source>
        <translation>คูปองและแต้มจะขึ้นที่นี่เมื่อรู้ว่าเป็นสมาชิกคนไหน คูปองกระดาษสแกนได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Coupons given out on the day</source>
        <translation>คูปองที่ออกในวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Coupons given · used</source>
        <translation>คูปองออก · ใช้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Coupons: find, cancel, print again</source>
        <translation>คูปอง: ค้นหา ยกเลิก พิมพ์ซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Customer gives it up</source>
        <translation>ลูกค้าไม่เอาแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Dark</source>
        <translation>มืด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Data</source>
        <translation>ข้อมูล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Day report</source>
        <translation>รายงานประจำวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Discounts</source>
        <translation>ส่วนลด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Do not print this any more</source>
        <translation>ไม่ต้องพิมพ์แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>Done for this time</source>
        <translation>ครบแล้วรอบนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Done. The balance is {points} points now.</source>
        <translation>เรียบร้อย ตอนนี้มี {points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>Draw entries</source>
        <translation>สิทธิ์ลุ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Each {cost} take {amount} off</source>
        <translation>ทุก {cost} ลด {amount}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Each {cost}: {name}</source>
        <translation>ครั้งละ {cost}: {name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Earned {points} point(s)</source>
        <translation>ได้ {points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Empty the bill</source>
        <translation>ล้างบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Enrol</source>
        <translation>สมัคร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Enrol a member</source>
        <translation>สมัครสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolled.py"/>
        <source>Enrol another</source>
        <translation>สมัครคนถัดไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>Enrol now</source>
        <translation>สมัครเลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Enrolled</source>
        <translation>สมัครใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Enter</source>
        <translation>ตกลง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Enter = go on · + = exact cash · Esc = back · Ctrl+Z = undo · Shift+F1 = why · F1 = all keys</source>
        <translation>Enter = ไปต่อ · + = เงินสดพอดี · Esc = ถอย · Ctrl+Z = เลิกทำ · Shift+F1 = ทำไม · F1 = ดูปุ่มทั้งหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = look it up</source>
        <translation>Enter = ค้นหา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = next item × {quantity}</source>
        <translation>Enter = สินค้าถัดไป × {quantity}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = return from this receipt</source>
        <translation>Enter = คืนสินค้าจากใบเสร็จนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = sale of {sale}   + = and exact cash</source>
        <translation>Enter = เพิ่มยอด {sale} · + = รับเงินสดพอดี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Enter = send now · Esc = back</source>
        <translation>Enter = ส่งเดี๋ยวนี้ · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = the member with this phone</source>
        <translation>Enter = สมาชิกเบอร์นี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = this member</source>
        <translation>Enter = สมาชิกคนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = this product</source>
        <translation>Enter = สินค้าชิ้นนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Enter = use this coupon</source>
        <translation>Enter = ใช้คูปองนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Erase</source>
        <translation>ลบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Esc = back to the bill</source>
        <translation>Esc = กลับไปที่บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Everything is kept on this till and goes by itself when the line is back. Nothing is lost.</source>
        <translation>ทุกอย่างเก็บไว้ในเครื่องนี้ และจะส่งเองเมื่อเน็ตกลับมา ไม่มีอะไรหาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Everything on this bill came back already.</source>
        <translation>บิลนี้คืนครบทุกรายการแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Everything works; nothing is sent. To join a head office, ask it for a code and run: pos-member enrol</source>
        <translation>ใช้งานได้ทุกอย่าง แต่ไม่ส่งข้อมูลออก ถ้าจะเชื่อมสำนักงานใหญ่ ให้ขอรหัส แล้วสั่ง pos-member enrol</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Exact</source>
        <translation>พอดี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Exact cash</source>
        <translation>เงินสดพอดี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Exact cash: completes the bill at once</source>
        <translation>เงินสดพอดี ปิดบิลทันที</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Expected</source>
        <translation>ยอดที่ควรมี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Family name (optional)</source>
        <translation>นามสกุล (ไม่บังคับ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Find</source>
        <translation>ค้นหา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Find the member · points, with a minus to take · why · Enter · Esc = back</source>
        <translation>ค้นหาสมาชิก · ใส่แต้ม ใส่ลบถ้าหัก · เหตุผล · Enter · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>First name (optional)</source>
        <translation>ชื่อ (ไม่บังคับ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>First visit</source>
        <translation>มาครั้งแรก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Float</source>
        <translation>เงินทอนตั้งต้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Forgot to give points</source>
        <translation>ลืมให้แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>From a bill of</source>
        <translation>เมื่อซื้อครบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolled.py"/>
        <source>From the next visit the phone number or this QR is enough to earn points.</source>
        <translation>ครั้งหน้าบอกเบอร์โทรหรือแสดง QR นี้ ก็สะสมแต้มได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>Full: Shift+F1 says what is missing</source>
        <translation>ครบแล้ว กด Shift+F1 ดูว่าติดอะไร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Given by</source>
        <translation>ได้จาก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Given by mistake</source>
        <translation>ออกผิด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Given out</source>
        <translation>ออกคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Given up</source>
        <translation>ยกเลิกแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Go on: add what was typed, pay, complete</source>
        <translation>ไปต่อ: เพิ่มที่พิมพ์ไว้ ชำระเงิน ปิดบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Good from – until</source>
        <translation>ใช้ได้ตั้งแต่ – ถึง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Hand back as</source>
        <translation>คืนเงินเป็น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Head office</source>
        <translation>สำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Held by the bill of</source>
        <translation>บิลที่ถืออยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Help</source>
        <translation>ช่วยเหลือ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>How many points</source>
        <translation>เลือกจำนวนแต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>How many points does the customer use?</source>
        <translation>ลูกค้าจะใช้กี่แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>How many stamps does the customer use?</source>
        <translation>ลูกค้าใช้กี่ดวง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>In doubt: look at the paper</source>
        <translation>ไม่แน่ใจ ให้ดูกระดาษ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>It prints by itself as soon as the printer is free. Selling goes on.</source>
        <translation>เครื่องจะพิมพ์เองเมื่อเครื่องพิมพ์ว่าง ขายต่อได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Item</source>
        <translation>รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Its time is over</source>
        <translation>หมดอายุแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Joined to head office</source>
        <translation>เชื่อมกับสำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Keep it</source>
        <translation>เก็บไว้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Kept back for a used coupon {code}</source>
        <translation>หักค่าคูปองที่ใช้ไปแล้ว {code}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Kept back: the coupon of this bill was used</source>
        <translation>หักไว้ เพราะคูปองจากบิลนี้ถูกใช้ไปแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Keys at the bottom</source>
        <translation>ปุ่มแถวล่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Keys of the till</source>
        <translation>ปุ่มลัดทั้งหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Khun {name}</source>
        <translation>คุณ{name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Language of the window</source>
        <translation>ภาษาของหน้าจอ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Last contact</source>
        <translation>ติดต่อล่าสุด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Leave it as it is</source>
        <translation>ไม่เปลี่ยน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Light</source>
        <translation>สว่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Light or dark</source>
        <translation>จอสว่างหรือมืด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Lines sold on the day</source>
        <translation>รายการที่ขายในวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Lock</source>
        <translation>ล็อกจอ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Locks itself after</source>
        <translation>ล็อกจอเองหลัง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Look at the line · selling goes on</source>
        <translation>การเชื่อมต่อมีปัญหา · ขายได้ตามปกติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Making up to the customer</source>
        <translation>ชดเชยให้ลูกค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Member</source>
        <translation>สมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Member card</source>
        <translation>บัตรสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolled.py"/>
        <source>Member number</source>
        <translation>เลขสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>Member {name}</source>
        <translation>สมาชิก คุณ{name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Members</source>
        <translation>สมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Members enrolled</source>
        <translation>สมาชิกใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Members enrolled on the day</source>
        <translation>สมาชิกที่สมัครในวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Members served</source>
        <translation>สมาชิกที่มา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Missing from the drawer</source>
        <translation>เงินขาด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Mobile phone</source>
        <translation>เบอร์มือถือ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Money in the drawer to begin with</source>
        <translation>เงินทอนตั้งต้นในลิ้นชัก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>More in the drawer than expected</source>
        <translation>เงินเกิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <source>Name</source>
        <translation>ชื่อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Name, phone or member number</source>
        <translation>ชื่อ เบอร์โทร หรือเลขสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Net sales</source>
        <translation>ยอดขายสุทธิ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>News by LINE</source>
        <translation>ข่าวทาง LINE</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>News by SMS</source>
        <translation>ข่าวทาง SMS</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>News by e-mail</source>
        <translation>ข่าวทางอีเมล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Next item × {quantity}</source>
        <translation>ชิ้นถัดไป × {quantity}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/parking.py"/>
        <source>No bill is parked</source>
        <translation>ไม่มีบิลที่พักไว้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>No bills yet</source>
        <translation>ยังไม่มีบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>No camera</source>
        <translation>ไม่พบกล้อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>No coupon was printed with this bill.</source>
        <translation>บิลนี้ไม่มีคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>No member</source>
        <translation>ไม่ใช่สมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>No member found. F2 enrols a new one in ten seconds.</source>
        <translation>ไม่พบสมาชิก กด F2 สมัครใหม่ได้ใน 10 วินาที</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>No member on this bill</source>
        <translation>บิลนี้ยังไม่มีสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>No paper needs a look</source>
        <translation>ใบพิมพ์เรียบร้อย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>No product with this in its name.</source>
        <translation>ไม่พบสินค้าชื่อนี้ ลองพิมพ์คำอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>No program was in any bill of the day</source>
        <translation>วันนี้ยังไม่มีโปรโมชันในบิลใด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>No shift is open</source>
        <translation>ยังไม่เปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/approval.py"/>
        <source>Nobody at this branch may approve this. Ask head office.</source>
        <translation>สาขานี้ไม่มีผู้ที่อนุมัติได้ กรุณาติดต่อสำนักงานใหญ่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>Nobody is enrolled with {phone}</source>
        <translation>เบอร์ {phone} ยังไม่ได้เป็นสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Nobody is set up at this branch yet. Head office adds people.</source>
        <translation>สาขานี้ยังไม่มีพนักงานในระบบ ให้สำนักงานใหญ่เพิ่มก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/parking.py"/>
        <source>None of them</source>
        <translation>ไม่เอา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>None, then choose</source>
        <translation>ล้าง แล้วเลือกเอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>Not now</source>
        <translation>ไว้ก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>Nothing fits this</source>
        <translation>ไม่มีรายการที่ตรงกับที่พิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Nothing is chosen yet: → takes one of this line, Ctrl+A takes all.</source>
        <translation>ยังไม่ได้เลือกรายการคืน กด → เพิ่มทีละชิ้น หรือ Ctrl+A คืนทั้งหมด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Nothing of the bill is left</source>
        <translation>คืนครบทั้งบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Nothing to undo</source>
        <translation>ไม่มีอะไรให้เลิกทำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Nothing to use now. Coupons on paper: just scan them.</source>
        <translation>ตอนนี้ยังไม่มีสิทธิ์ให้ใช้ คูปองกระดาษสแกนได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Nothing waits to be sent</source>
        <translation>ส่งข้อมูลครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Nothing waits: head office has everything</source>
        <translation>ไม่มีอะไรค้าง สำนักงานใหญ่ได้รับครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Nothing was printed yet</source>
        <translation>ยังไม่มีใบพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <source>Number</source>
        <translation>เลขสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Of</source>
        <translation>ของเลขที่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Offline · selling as usual</source>
        <translation>ออฟไลน์ · ขายได้ตามปกติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Offline · selling as usual · {bills} bill(s) to send</source>
        <translation>ออฟไลน์ · ขายได้ตามปกติ · รอส่ง {bills} บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Offline · selling as usual · {items} item(s) to send</source>
        <translation>ออฟไลน์ · ขายได้ตามปกติ · รอส่ง {items} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Offline, selling as usual</source>
        <translation>ออฟไลน์ ขายได้ตามปกติ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>On another open bill of this till</source>
        <translation>อยู่ในบิลอื่นที่เปิดไว้ในเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>One less</source>
        <translation>ลดหนึ่ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>One less of this line</source>
        <translation>ลดรายการนี้หนึ่งชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>One less, one more of that line</source>
        <translation>ลดหรือเพิ่มจำนวนของรายการนั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>One more</source>
        <translation>เพิ่มหนึ่ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>One more of this line</source>
        <translation>เพิ่มรายการนี้หนึ่งชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>One step back; the bill is never lost</source>
        <translation>ถอยหนึ่งขั้น บิลไม่หาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Online</source>
        <translation>ออนไลน์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Online · all sent</source>
        <translation>ออนไลน์ · ส่งครบแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Online · {items} to send</source>
        <translation>ออนไลน์ · รอส่ง {items} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Only if the customer asks for it</source>
        <translation>เลือกเฉพาะเมื่อลูกค้าขอรับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Only rows with</source>
        <translation>แสดงเฉพาะแถวที่มี</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Open since {when}</source>
        <translation>เปิดรอบเมื่อ {when}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Open the shift</source>
        <translation>เปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Opened by</source>
        <translation>ผู้เปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Opening the till … scans are kept</source>
        <translation>กำลังเปิดเครื่อง … สแกนได้เลย ระบบเก็บไว้ให้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Order slip</source>
        <translation>ใบสั่งสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Owes {points} point(s) from a return</source>
        <translation>ค้างคืน {points} แต้มจากการคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <location filename="../../pos_member/ui/widgets/approval.py"/>
        <source>PIN</source>
        <translation>รหัส PIN</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>POS Member</source>
        <translation>POS Member</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>Paid</source>
        <translation>จ่ายจริง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Paid so far: {what}</source>
        <translation>รับแล้ว: {what}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Paid, no change</source>
        <translation>รับเงินพอดี ไม่มีทอน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Paper</source>
        <translation>ใบพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Paper lost</source>
        <translation>คูปองหาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>Papers</source>
        <translation>ใบเสร็จและใบพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Park</source>
        <translation>พักบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/parking.py"/>
        <source>Parked. F5 on an empty bill takes it up again.</source>
        <translation>พักบิลแล้ว กด F5 ตอนบิลว่างเพื่อเรียกกลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Part of the product's name</source>
        <translation>ส่วนหนึ่งของชื่อสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Pay</source>
        <translation>ชำระเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Pay {amount}</source>
        <translation>ชำระ {amount}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <source>Phone</source>
        <translation>เบอร์โทร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Phone and consent are enough</source>
        <translation>มีเบอร์โทรและความยินยอมก็สมัครได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Phone · + when the customer agrees · Enter · the rest can come later · a scanned card = who brought them</source>
        <translation>เบอร์โทร · + เมื่อลูกค้ายินยอม · Enter · ที่เหลือกรอกทีหลังได้ · สแกนบัตร = ผู้แนะนำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>Points</source>
        <translation>แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Points given</source>
        <translation>แต้มที่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Points given back</source>
        <translation>คืนแต้มที่ใช้ไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Points given out</source>
        <translation>แต้มที่แจก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>Points moved on the day</source>
        <translation>แต้มเข้าออกของวัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Points still owed, taken from the next bill</source>
        <translation>แต้มค้างหัก จะหักจากบิลถัดไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Points taken back</source>
        <translation>หักแต้มที่เคยได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Points to add, with a minus to take</source>
        <translation>แต้มที่เพิ่ม (ใส่ลบถ้าหัก)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Points used</source>
        <translation>แต้มที่ใช้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Practice</source>
        <translation>โหมดฝึก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Practice: nothing here is real</source>
        <translation>โหมดฝึก ไม่ใช่ข้อมูลจริง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Press when the customer agrees</source>
        <translation>กดเมื่อลูกค้ายินยอม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Price</source>
        <translation>ราคา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>Print again</source>
        <translation>พิมพ์ซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Print the coupon again</source>
        <translation>พิมพ์คูปองซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Print the member card again</source>
        <translation>พิมพ์บัตรสมาชิกซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Print the receipt again</source>
        <translation>พิมพ์ใบเสร็จซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Print the return slip again</source>
        <translation>พิมพ์ใบคืนซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Printed</source>
        <translation>พิมพ์แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Printed anew</source>
        <translation>พิมพ์ใบใหม่แทนแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Printer ready</source>
        <translation>เครื่องพิมพ์พร้อม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Printer · {papers} waiting</source>
        <translation>เครื่องพิมพ์มีปัญหา · รอพิมพ์ {papers} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Printing</source>
        <translation>กำลังพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Printing · {papers}</source>
        <translation>กำลังพิมพ์ {papers} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Product</source>
        <translation>สินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Products</source>
        <translation>สินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>Program</source>
        <translation>โปรโมชัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Programs</source>
        <translation>โปรโมชัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>PromptPay</source>
        <translation>พร้อมเพย์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Put on the bill</source>
        <translation>ใส่ในบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Put points right</source>
        <translation>ปรับแต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Put right</source>
        <translation>ปรับแต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolled.py"/>
        <source>QR code of member {number}</source>
        <translation>QR ของสมาชิกเลขที่ {number}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Qty</source>
        <translation>จำนวน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>Reached with this bill</source>
        <translation>ครบแล้วในบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Read or show this to the customer</source>
        <translation>อ่านหรือให้ลูกค้าดูข้อความนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Real sales</source>
        <translation>ขายจริง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Receipt</source>
        <translation>ใบเสร็จ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>Redeemed</source>
        <translation>แลกไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Reprint</source>
        <translation>พิมพ์ซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Return</source>
        <translation>คืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>Return now</source>
        <translation>คืนครั้งนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Return slip</source>
        <translation>ใบคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Return this bill</source>
        <translation>คืนบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Return {amount}</source>
        <translation>คืน {amount}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Return {number} of bill {bill}</source>
        <translation>ใบคืน {number} ของบิล {bill}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>Returned</source>
        <translation>คืนเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Returned. Hand the customer</source>
        <translation>คืนเรียบร้อย จ่ายเงินคืนลูกค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Returns</source>
        <translation>คืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Sale</source>
        <translation>ขาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Sales</source>
        <translation>ยอดขาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/chart.py"/>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Sales by hour</source>
        <translation>ยอดขายรายชั่วโมง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/chart.py"/>
        <source>Sales by hour; busiest at {hour}:00</source>
        <translation>ยอดขายรายชั่วโมง ขายดีที่สุดช่วง {hour}:00 น.</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Saved: {path}</source>
        <translation>บันทึกแล้วที่ {path}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Say why: head office reads it.</source>
        <translation>ใส่เหตุผลด้วย สำนักงานใหญ่จะอ่าน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Scan / phone / amount</source>
        <translation>สแกน / เบอร์โทร / ยอดเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Scan a coupon · Ctrl+K = print it again · Ctrl+T = cancel it · Esc = back</source>
        <translation>สแกนคูปอง · Ctrl+K = พิมพ์ซ้ำ · Ctrl+T = ยกเลิก · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Scan a coupon, or type its 16 digits. You then see who gave it, where it was used and what is left.</source>
        <translation>สแกนคูปอง หรือพิมพ์เลข 16 หลัก แล้วจะเห็นว่าใครให้ ใช้ที่ไหน และเหลือใช้ได้กี่ครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Scan a coupon, or type its number first.</source>
        <translation>สแกนคูปองหรือพิมพ์เลขคูปองก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>Scan or type on: that begins the next bill</source>
        <translation>สแกนหรือพิมพ์ต่อได้เลย จะเริ่มบิลใหม่ให้เอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Scan the card, or type the phone number</source>
        <translation>สแกนบัตร หรือพิมพ์เบอร์โทร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Scan the coupon, or type its number</source>
        <translation>สแกนคูปอง หรือพิมพ์เลขคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Scan the receipt · Enter = return all that is left · ← → = fewer or more of a line · Esc = back</source>
        <translation>ยิงใบเสร็จ · Enter = คืนทั้งหมดที่เหลือ · ← → = ลดหรือเพิ่มจำนวน · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>Scan the receipt, or type part of the number</source>
        <translation>ยิงใบเสร็จ หรือพิมพ์บางส่วนของเลขที่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Scan the receipt, or type the bill number</source>
        <translation>ยิงใบเสร็จ หรือพิมพ์เลขที่บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Scan, phone number, code or amount</source>
        <translation>ช่องสแกน พิมพ์เบอร์โทร รหัส หรือยอดเงิน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>See the papers</source>
        <translation>ดูใบพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>See what waits</source>
        <translation>ดูรายการที่รอ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Sell</source>
        <translation>ขาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Selling goes on and everything is kept on this till. Tell your support what stands below.</source>
        <translation>ขายต่อได้ ทุกอย่างเก็บไว้ในเครื่องนี้ ให้แจ้งผู้ดูแลระบบตามข้อความด้านล่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Selling works without a shift too. With one, the till says at the end whether the drawer agrees.</source>
        <translation>ไม่เปิดรอบก็ขายได้ แต่ถ้าเปิดรอบ ตอนปิดเครื่องจะบอกได้ว่าเงินในลิ้นชักตรงหรือไม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Send now</source>
        <translation>ส่งเดี๋ยวนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Sending</source>
        <translation>กำลังส่ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Sending · {items} left</source>
        <translation>กำลังส่ง · เหลือ {items} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Sent, asking the printer</source>
        <translation>ส่งแล้ว กำลังถามเครื่องพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Sent; this printer cannot confirm</source>
        <translation>ส่งแล้ว เครื่องนี้ยืนยันผลไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Settings</source>
        <translation>ตั้งค่า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>Shift</source>
        <translation>รอบขาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Shift report</source>
        <translation>ใบปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Show the data in clear (recorded)</source>
        <translation>ดูข้อมูลเต็ม (มีบันทึก)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Sign in</source>
        <translation>เข้าใช้งาน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>Sold</source>
        <translation>ขายไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Somebody should look at this</source>
        <translation>มีเรื่องที่ต้องดู</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/shell.py"/>
        <source>Something went wrong inside. Nothing was lost: try again, or restart the till.</source>
        <translation>โปรแกรมทำงานผิดพลาด ข้อมูลไม่หาย ลองอีกครั้ง หรือปิดแล้วเปิดโปรแกรมใหม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>Stamps</source>
        <translation>ดวง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Stamps given back</source>
        <translation>คืนดวงให้ลูกค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Stamps still owed, taken from the next bill</source>
        <translation>ดวงที่ยังค้าง หักจากบิลถัดไป</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Stamps taken back</source>
        <translation>หักดวงคืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>State</source>
        <translation>สถานะ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>Still missing</source>
        <translation>ยังขาด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Supervisor</source>
        <translation>หัวหน้างาน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>Sync</source>
        <translation>ซิงก์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Tab and Enter open what a figure is made of · Ctrl+← Ctrl+→ another day · Esc = back</source>
        <translation>กด Tab แล้ว Enter เพื่อดูที่มาของตัวเลข · Ctrl+← Ctrl+→ เปลี่ยนวัน · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>Take goods back</source>
        <translation>คืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Take that line off</source>
        <translation>ลบรายการนั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Take the line off</source>
        <translation>ลบรายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>Take the member off the bill</source>
        <translation>เอาสมาชิกออกจากบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Test page</source>
        <translation>หน้าทดสอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolled.py"/>
        <source>The card is printing</source>
        <translation>กำลังพิมพ์บัตรสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>The count cannot be changed afterwards.</source>
        <translation>บันทึกแล้วแก้ยอดนับไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>The coupon can no longer be used.</source>
        <translation>ยกเลิกคูปองแล้ว ใช้ไม่ได้อีก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/telling.py"/>
        <source>The coupon is on the bill</source>
        <translation>ใช้คูปองกับบิลนี้แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>The coupon is printing, marked as copy {number}.</source>
        <translation>กำลังพิมพ์คูปอง (สำเนาที่ {number})</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>The customer agrees to membership</source>
        <translation>ลูกค้ายินยอมเป็นสมาชิกแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolled.py"/>
        <source>The customer may photograph this</source>
        <translation>ให้ลูกค้าถ่ายรูปเก็บไว้ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>The drawer agrees</source>
        <translation>เงินตรง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>The highest tier</source>
        <translation>ระดับสูงสุดแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>The member with this phone</source>
        <translation>สมาชิกเบอร์นี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>The next product five times</source>
        <translation>สินค้าชิ้นถัดไป 5 ชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/approval.py"/>
        <source>The person chosen types their PIN here.</source>
        <translation>ให้ผู้อนุมัติที่เลือกพิมพ์ PIN ตรงนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>The printer has it and waits</source>
        <translation>อยู่ที่เครื่องพิมพ์แล้ว รอกระดาษหรือปิดฝา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>The report is for supervisors and managers. Change the cashier with F10 to see it.</source>
        <translation>รายงานนี้สำหรับหัวหน้างานและผู้จัดการ กด F10 เปลี่ยนผู้ใช้เพื่อดู</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/returns.py"/>
        <source>The return slip is printing</source>
        <translation>กำลังพิมพ์ใบคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/main_window.py"/>
        <source>The scan is kept: sign in to use it</source>
        <translation>เก็บที่สแกนไว้แล้ว เข้าใช้งานก่อนแล้วระบบจะใช้ให้เอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>The shift report is printing</source>
        <translation>กำลังพิมพ์ใบปิดรอบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>This code is not complete or not ours</source>
        <translation>รหัสไม่ครบ หรือไม่ใช่รหัสของร้าน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/main_window.py"/>
        <source>This is not set up on this till</source>
        <translation>เครื่องนี้ยังไม่ได้ตั้งค่าส่วนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>This member's card was not printed at this till.</source>
        <translation>บัตรของสมาชิกคนนี้ไม่ได้พิมพ์จากเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>This shop has no programs yet</source>
        <translation>ร้านนี้ยังไม่มีโปรโมชัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>This till</source>
        <translation>เครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>This till works alone</source>
        <translation>เครื่องนี้ทำงานเดี่ยว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Three at ฿45</source>
        <translation>3 ชิ้น ชิ้นละ ฿45</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <source>Tier</source>
        <translation>ระดับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Tier afterwards</source>
        <translation>ระดับหลังคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Till {label}</source>
        <translation>เครื่อง {label}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Time</source>
        <translation>เวลา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/widgets/number_pad.py"/>
        <source>Times</source>
        <translation>คูณ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>To hand back</source>
        <translation>เงินที่ต้องคืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>To pay</source>
        <translation>ยอดชำระ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>To receive</source>
        <translation>ยอดที่ต้องรับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>To use on this bill</source>
        <translation>สิทธิ์ที่ใช้ได้กับบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>Today</source>
        <translation>วันนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Too many wrong PINs. Try again in {minutes}:{seconds}.</source>
        <translation>ใส่ PIN ผิดหลายครั้ง ลองใหม่ได้ในอีก {minutes}:{seconds} นาที</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Total</source>
        <translation>ยอดรวม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>Trying now. What cannot go stays here and goes later.</source>
        <translation>กำลังลองส่ง ที่ยังส่งไม่ได้จะเก็บไว้และส่งภายหลัง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Type a whole number</source>
        <translation>พิมพ์เป็นจำนวนเต็ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Type a whole number of points, such as 50 or -50.</source>
        <translation>พิมพ์จำนวนแต้มเป็นเลขเต็ม เช่น 50 หรือ -50</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>Type part of a name or of a reason</source>
        <translation>พิมพ์ชื่อโปรโมชันหรือเหตุผลบางส่วน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Type part of a name, phone or number · ↑ ↓ choose · Enter = use on the bill · Esc = back</source>
        <translation>พิมพ์บางส่วนของชื่อ เบอร์ หรือเลขสมาชิก · ↑ ↓ เลือก · Enter = ใช้กับบิล · Esc = กลับ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Type the customer's phone number first.</source>
        <translation>พิมพ์เบอร์โทรของลูกค้าก่อน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Type the number, with or without dashes</source>
        <translation>พิมพ์เบอร์ มีขีดหรือไม่มีก็ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Type two characters or more: part of the name, the last digits of the phone, or the number.</source>
        <translation>พิมพ์อย่างน้อย 2 ตัว เช่น บางส่วนของชื่อ เลขท้ายเบอร์โทร หรือเลขสมาชิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>Undo</source>
        <translation>เลิกทำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Undo; after a bill, return that bill</source>
        <translation>เลิกทำ หลังปิดบิลแล้ว = คืนบิลนั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sell.py"/>
        <source>Undone</source>
        <translation>เลิกทำแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/reading.py"/>
        <source>Up to 7 digits = amount · 10 digits = phone</source>
        <translation>ไม่เกิน 7 หลัก = ยอดเงิน · 10 หลัก = เบอร์โทร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Up to {most}</source>
        <translation>ไม่เกิน {most}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Usable again after a return</source>
        <translation>กลับมาใช้ได้เพราะคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolled.py"/>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>Use on the bill</source>
        <translation>ใช้กับบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Use only part of the points</source>
        <translation>ใช้แต้มแค่บางส่วน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Use or take off the n-th coupon or reward</source>
        <translation>ใช้หรือเลิกใช้คูปองหรือสิทธิ์ลำดับนั้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Use the points</source>
        <translation>ใช้แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/part_of_points.py"/>
        <source>Use the stamps</source>
        <translation>ใช้ดวง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Use this member</source>
        <translation>ใช้สมาชิกคนนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Used</source>
        <translation>ใช้แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Used on this bill</source>
        <translation>ใช้กับบิลนี้แล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Uses left</source>
        <translation>ใช้ได้อีก (ครั้ง)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Uses {cost}</source>
        <translation>ใช้ {cost}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>VAT inside</source>
        <translation>VAT ในยอด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>Version</source>
        <translation>รุ่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>Version {version}</source>
        <translation>ฉบับ {version}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Void by a return</source>
        <translation>ใช้ไม่ได้เพราะคืนสินค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>Void: the bill that gave it came back</source>
        <translation>โมฆะ: บิลที่ให้คูปองถูกคืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Waiting since {when}</source>
        <translation>รอส่งตั้งแต่ {when}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>Waits for the printer</source>
        <translation>รอพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/enrolled.py"/>
        <source>Welcome, the member is enrolled</source>
        <translation>สมัครสมาชิกเรียบร้อยแล้ว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <source>What</source>
        <translation>ประเภท</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>What can be typed</source>
        <translation>พิมพ์อะไรได้บ้าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>What each program did on the day</source>
        <translation>ผลของแต่ละโปรโมชัน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>What happened to it</source>
        <translation>ประวัติคูปอง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>What waited is on its way. Selling goes on.</source>
        <translation>กำลังส่งรายการที่ค้าง ขายต่อได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>What waits for the printer</source>
        <translation>งานที่รอพิมพ์</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/parking.py"/>
        <source>Which parked bill?</source>
        <translation>เรียกบิลไหนกลับมา</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>While selling</source>
        <translation>ระหว่างขาย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>Who for</source>
        <translation>ลูกค้า</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>Who is at the till?</source>
        <translation>ใครอยู่ที่เครื่อง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Why</source>
        <translation>เหตุผล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>Why (optional)</source>
        <translation>เหตุผล (ไม่บังคับ)</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/help.py"/>
        <source>Why each program is in the bill or not</source>
        <translation>ทำไมแต่ละโปรโมชันได้หรือไม่ได้ในบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>Why it is cancelled</source>
        <translation>เหตุผลที่ยกเลิก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>Why this bill gets what it gets</source>
        <translation>ทำไมบิลนี้ได้เท่านี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>Why?</source>
        <translation>ทำไม?</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>With bill</source>
        <translation>ออกพร้อมบิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/header.py"/>
        <source>Works alone</source>
        <translation>ทำงานเครื่องเดียว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>Wrong bill or member</source>
        <translation>ผิดบิลหรือผิดคน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>another till</source>
        <translation>เครื่องอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>as of {when}</source>
        <translation>ณ {when}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>as of {when} · {points} here since</source>
        <translation>ณ {when} · เครื่องนี้ {points}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>as this till knows</source>
        <translation>เท่าที่เครื่องนี้ทราบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>at least two characters</source>
        <translation>อย่างน้อย 2 ตัวอักษร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>at most {points} points at a time, on record</source>
        <translation>ครั้งละไม่เกิน {points} แต้ม มีบันทึก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>brought by {name}</source>
        <translation>แนะนำโดย {name}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>can be used</source>
        <translation>ใช้ได้เลย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>dashed: {date}</source>
        <translation>เส้นประ: {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>does not apply</source>
        <translation>ไม่เข้าเงื่อนไข</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>find, cancel, print again</source>
        <translation>ค้นหา ยกเลิก พิมพ์ซ้ำ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>for example a cashier, a number, a barcode</source>
        <translation>เช่น ชื่อพนักงาน เลขที่ หรือบาร์โค้ด</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/find.py"/>
        <source>for example latte</source>
        <translation>เช่น ลาเต้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>for example: tea, Wednesday</source>
        <translation>เช่น ชา หรือ วันพุธ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>from {before} to {after} points</source>
        <translation>จาก {before} เป็น {after} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>in this bill</source>
        <translation>ได้ในบิลนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/effect_card.py"/>
        <source>it no longer counts as a visit</source>
        <translation>ไม่นับเป็นการมาซื้อ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>items wait, {bills} bill(s) among them</source>
        <translation>รายการที่รอส่ง เป็นบิล {bills} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>items wait, {bills} bill(s) among them, since {when}</source>
        <translation>รายการที่รอส่ง เป็นบิล {bills} ใบ ตั้งแต่ {when}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>kept to {date}</source>
        <translation>อยู่ถึง {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>no</source>
        <translation>ไม่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>none yet</source>
        <translation>ยังไม่เคย</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>not this time</source>
        <translation>ครั้งนี้ไม่ได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>now {points}</source>
        <translation>คงเหลือ {points}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>of this till only</source>
        <translation>เฉพาะเครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/programs_card.py"/>
        <source>on the bills of the day; returns are not taken off</source>
        <translation>จากบิลของวัน ยังไม่หักการคืน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/bills_tab.py"/>
        <location filename="../../pos_member/ui/returns/picker.py"/>
        <source>or choose one of the last bills</source>
        <translation>หรือเลือกจากบิลล่าสุดด้านล่าง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>or scan the card</source>
        <translation>หรือสแกนบัตร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>phone, number or card</source>
        <translation>เบอร์โทร เลข หรือบัตร</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>points</source>
        <translation>แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>points ≈ {worth}</source>
        <translation>แต้ม ≈ {worth}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/returns/lines_card.py"/>
        <source>returned {count} time(s) before</source>
        <translation>เคยคืนแล้ว {count} ครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>something is missing</source>
        <translation>ยังขาดอยู่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>the first {count} row(s)</source>
        <translation>{count} แถวแรก</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/shift.py"/>
        <source>the sum of notes and coins</source>
        <translation>ยอดรวมธนบัตรและเหรียญ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>this till</source>
        <translation>เครื่องนี้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <location filename="../../pos_member/ui/screens/coupons.py"/>
        <source>what happened, and who asked</source>
        <translation>เกิดอะไรขึ้น ใครขอ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sync_panel.py"/>
        <source>yes</source>
        <translation>ใช่</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <location filename="../../pos_member/ui/sell/parking.py"/>
        <source>{amount} from {time}</source>
        <translation>{amount} เปิดเมื่อ {time}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>{cost} used</source>
        <translation>ใช้แล้ว {cost}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{count} bill(s)</source>
        <translation>{count} บิล</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>{count} coupon(s) to use</source>
        <translation>มีคูปองใช้ได้ {count} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>{count} item(s) not sent yet</source>
        <translation>รอส่ง {count} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>{count} item(s) not sent yet, since {when}</source>
        <translation>รอส่ง {count} รายการ ตั้งแต่ {when}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/settings.py"/>
        <source>{count} minute(s)</source>
        <translation>{count} นาที</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <location filename="../../pos_member/ui/sell/payment_card.py"/>
        <source>{count} more</source>
        <translation>อีก {count} รายการ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/goals_strip.py"/>
        <source>{count} more mission(s): Shift+F1</source>
        <translation>อีก {count} ภารกิจ กด Shift+F1</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/done_card.py"/>
        <source>{count} next-bill coupons are printed</source>
        <translation>พิมพ์คูปองบิลถัดไปให้แล้ว {count} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>{count} of them</source>
        <translation>มี {count} ใบ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/report.py"/>
        <source>{count} paper(s) not printed or in doubt</source>
        <translation>มี {count} ใบที่ยังไม่พิมพ์หรือไม่แน่ใจ</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{count} piece(s)</source>
        <translation>{count} ชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/why_panel.py"/>
        <source>{count} program(s), {fired} of them in this bill</source>
        <translation>ทั้งหมด {count} โปรโมชัน ได้ในบิลนี้ {fired}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/rows_card.py"/>
        <source>{count} row(s)</source>
        <translation>{count} แถว</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/offers_card.py"/>
        <source>{count} use(s) left</source>
        <translation>ใช้ได้อีก {count} ครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{count} visit(s)</source>
        <translation>มาแล้ว {count} ครั้ง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>{count} visit(s) · last on {date}</source>
        <translation>มาแล้ว {count} ครั้ง · ล่าสุด {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{count} × {name}</source>
        <translation>{name} {count} ดวง</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{done} of {target} · {missing} to go</source>
        <translation>{done} จาก {target} · อีก {missing}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/report/tiles.py"/>
        <source>{figure} last week</source>
        <translation>สัปดาห์ก่อน {figure}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{missing} more to {tier}</source>
        <translation>อีก {missing} ถึง {tier}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>{name} · {count} free</source>
        <translation>{name} · ฟรี {count} ชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>{name} · {count} piece(s)</source>
        <translation>{name} · {count} ชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>{name}: pick up {count} more and scan</source>
        <translation>{name}: หยิบได้อีก {count} ชิ้น แล้วสแกน</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/sell/bill_card.py"/>
        <source>{name}: {count} piece(s) more</source>
        <translation>{name}: อีก {count} ชิ้น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/papers/jobs_tab.py"/>
        <source>{paper}, copy {number}</source>
        <translation>{paper} สำเนาที่ {number}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/enrol.py"/>
        <source>{phone} is free</source>
        <translation>{phone} ยังไม่มีใครใช้ สมัครได้</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{points} point(s)</source>
        <translation>{points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/standing_words.py"/>
        <source>{points} point(s) to be used from {date}</source>
        <translation>รอใช้ได้ {points} แต้ม ตั้งแต่ {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <location filename="../../pos_member/ui/sell/member_card.py"/>
        <source>{points} point(s) until {date}</source>
        <translation>{points} แต้มหมดอายุ {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/adjust.py"/>
        <source>{points} points</source>
        <translation>{points} แต้ม</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/member_view.py"/>
        <source>{value} until {date}</source>
        <translation>{value} ใช้ได้ถึง {date}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>{what} · a bill of another till</source>
        <translation>{what} · บิลของเครื่องอื่น</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>{what} · bill {number}</source>
        <translation>{what} · บิล {number}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/coupons/life_card.py"/>
        <source>{what}: {reason}</source>
        <translation>{what} · เหตุผล: {reason}</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/key_bar.py"/>
        <source>ไทย/EN</source>
        <translation>ไทย/EN</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/sign_in.py"/>
        <source>↑ ↓ choose a person · PIN · Enter</source>
        <translation>ลูกศร = เลือกชื่อ · พิมพ์ PIN · Enter</translation>
    </message>
    <message>
        <location filename="../../pos_member/ui/screens/papers.py"/>
        <source>↑ ↓ choose · Enter = print · Ctrl+2 = what the printer has · Esc = back</source>
        <translation>↑ ↓ เลือก · Enter = พิมพ์ · Ctrl+2 = ดูที่เครื่องพิมพ์ · Esc = กลับ</translation>
    </message>
</context>
</TS>
